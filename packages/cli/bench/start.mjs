// What a start costs: processes timed from spawn to exit, and from spawn to the first live frame.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import pty from '@lydell/node-pty';

const bin = join(dirname(dirname(fileURLToPath(import.meta.url))), 'dist', 'bin.js');
const question = 'what is rain?';

/** The cases, each a function that resolves to milliseconds; `node -e 0` is what the others are compared with. */
export function startCases(home) {
  const env = { PATH: process.env.PATH, HOME: home, LANG: 'C.UTF-8' };
  const toExit = (args) => () => {
    const started = performance.now();
    const { status } = spawnSync(process.execPath, args, { env, cwd: home, stdio: 'ignore' });
    if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}`);
    return performance.now() - started;
  };
  let seed = 0;
  return [
    { name: 'node -e 0', run: toExit(['-e', '0']) },
    { name: 'orc --version', limit: { ratio: 1.5 }, run: toExit([bin, '--version']) },
    { name: 'orc --help', limit: { ratio: 1.5 }, run: toExit([bin, '--help']) },
    { name: 'orc config list', run: toExit([bin, 'config', 'list']) },
    // The first call fills the cache; warming up is that call.
    { name: 'orc, small run, all cached, plain', limit: { ms: 300 }, run: toExit([bin, '--ui', 'plain', question]) },
    { name: 'orc, first live frame', limit: { ms: 400 }, run: () => firstFrame(env, home, (seed += 1)) },
  ];
}

/** Milliseconds until the live view shows the request on a terminal. */
function firstFrame(env, home, seed) {
  const args = [bin, '--seed', String(seed), '-m', 'offline/scribe?latencyMs=60000', question];
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const terminal = pty.spawn(process.execPath, args, {
      cols: 80,
      rows: 24,
      cwd: home,
      env: { ...env, TERM: 'xterm-256color' },
    });
    let text = '';
    let shown;
    terminal.onData((data) => {
      text += data;
      if (shown !== undefined || !text.includes(question)) return;
      shown = performance.now() - started;
      terminal.kill('SIGKILL');
    });
    terminal.onExit(() => {
      if (shown === undefined) reject(new Error(`there was no frame, but: ${text.slice(0, 500)}`));
      else resolve(shown);
    });
  });
}
