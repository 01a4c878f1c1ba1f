import { createRequire } from 'node:module';

const { name, version } = createRequire(import.meta.url)('../../package.json') as {
  readonly name: string;
  readonly version: string;
};

/** The package that the built-in pipelines belong to: its version is part of their keys, so an upgrade never hits an old result. */
export const builtInPackage: { readonly name: string; readonly version: string } = Object.freeze({ name, version });
