import { createRequire } from 'node:module';

/** Put in by the bundler. */
declare const ORC_CLI_VERSION: string | undefined;

/** The version of this package. */
export const version: string =
  typeof ORC_CLI_VERSION === 'string'
    ? ORC_CLI_VERSION
    : (createRequire(import.meta.url)('../package.json') as { readonly version: string }).version;
