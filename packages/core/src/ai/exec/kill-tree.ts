import { spawn, type ChildProcess } from 'node:child_process';

import type { Clock } from '../../clock.ts';

// Time to leave in good order before the tree is killed.
const graceMs = 2000;

/** Ends a process that was started detached, with everything that it started. */
export function killTree(child: ChildProcess, clock: Clock): void {
  const { pid } = child;
  if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  if (process.platform === 'win32') {
    spawn('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true }).on('error', () =>
      child.kill(),
    );
    return;
  }
  signalGroup(pid, 'SIGTERM');
  const timer = clock.setTimeout(() => signalGroup(pid, 'SIGKILL'), graceMs);
  child.once('exit', () => {
    clock.clearTimeout(timer);
    // The leader has gone; what it left behind in its group goes too.
    signalGroup(pid, 'SIGKILL');
  });
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has gone already.
  }
}
