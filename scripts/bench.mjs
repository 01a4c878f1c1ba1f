// `pnpm bench …`: builds, then runs `orc-bench` with the arguments as given.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { turbo } from './turbo.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const built = turbo(root, ['build', '--output-logs=errors-only', '--log-order=grouped']);
if (built !== 0) process.exit(built);
const bench = spawn(process.execPath, [join(root, 'packages/bench/dist/main.js'), ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
// A terminal gives Ctrl-C to both; the benchmark cleans up and says its exit code, and only then is it our turn.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void bench.kill(signal));
bench.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
