// `pnpm test`: builds all packages, then runs all their tests in one vitest. Arguments are handed on to vitest.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { turbo } from './turbo.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const results = join(root, 'node_modules', '.cache', 'orc', 'test-results.json');
mkdirSync(dirname(results), { recursive: true });
rmSync(results, { force: true });

const built = turbo(root, ['build', '--output-logs=errors-only', '--log-order=grouped']);
if (built !== 0) process.exit(built);

const require = createRequire(import.meta.url);
const vitest = join(dirname(require.resolve('vitest/package.json')), 'vitest.mjs');
const run = spawnSync(
  process.execPath,
  [vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${results}`, ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit' },
);
process.exit(run.status ?? 1);
