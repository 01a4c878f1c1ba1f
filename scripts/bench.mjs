// `pnpm bench …`: builds, then runs `orc-bench` with the arguments as given.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { turbo } from './turbo.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const built = turbo(root, ['build', '--output-logs=errors-only', '--log-order=grouped']);
if (built !== 0) process.exit(built);
const args = process.argv.slice(2);
const run = spawnSync(
  process.execPath,
  [join(root, 'packages/bench/dist/main.js'), ...(args.length > 0 ? args : ['run'])],
  {
    cwd: root,
    stdio: 'inherit',
  },
);
process.exit(run.status ?? 1);
