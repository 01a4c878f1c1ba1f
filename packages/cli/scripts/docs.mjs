// Writes the generated tables of docs/cli.md and the schema of the configuration: `node scripts/docs.mjs`. A test fails when they are not current.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const page = join(root, '..', '..', 'docs', 'cli.md');
const { outputFiles } = await build({
  absWorkingDir: root,
  stdin: {
    contents:
      "export { fillIn } from './src/args/reference.ts'; export { configSchema } from './src/config/json-schema.ts';",
    resolveDir: root,
  },
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'node',
  // Commands are loaded on use; the tables need none of them.
  plugins: [
    {
      name: 'lazy',
      setup: (setup) =>
        setup.onResolve({ filter: /.*/ }, ({ kind, path }) =>
          kind === 'dynamic-import' ? { path, external: true } : undefined,
        ),
    },
  ],
});
const { configSchema, fillIn } = await import(
  `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`
);
writeFileSync(page, fillIn(readFileSync(page, 'utf8')));
writeFileSync(join(root, 'schemas', 'config.schema.json'), `${JSON.stringify(configSchema(), undefined, 2)}\n`);
