import { spawn, type ChildProcessByStdio, type SpawnOptions } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

/** A process that is ended with this one, together with all that it started itself. */
export type Tracked = ChildProcessByStdio<null, Readable, Readable>;

const running = new Set<Tracked>();
const folders = new Set<string>();

/** Starts a process in a group of its own, so that its children can be ended with it. Its stdout and stderr are pipes. */
export function spawnTracked(command: string, args: readonly string[], options: SpawnOptions = {}): Tracked {
  const child = spawn(command, args, {
    ...options,
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  child.once('error', () => running.delete(child));
  child.once('exit', () => running.delete(child));
  return child;
}

/** Ends a process and its children at once. */
export function endGroup(child: Tracked): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** An empty folder that is gone when this process is. */
export function temporaryFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'orc-bench-'));
  folders.add(dir);
  return dir;
}

/** Removes a folder of `temporaryFolder`. */
export function removeFolder(dir: string): void {
  rmSync(dir, { recursive: true, force: true });
  folders.delete(dir);
}

/** Ends every process that is still running and removes every folder that is still there. */
export function leaveNothing(): void {
  for (const child of running) endGroup(child);
  for (const dir of folders) removeFolder(dir);
}
