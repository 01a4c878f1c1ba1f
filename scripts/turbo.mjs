// Runs turbo with its words on stderr: stdout belongs to whoever called.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** Runs `turbo run …` and returns its exit code. */
export function turbo(root, args) {
  const bin = join(dirname(require.resolve('turbo/package.json')), 'bin', 'turbo');
  const result = spawnSync(process.execPath, [bin, 'run', ...args], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1', FORCE_COLOR: '0' },
  });
  return result.status ?? 1;
}
