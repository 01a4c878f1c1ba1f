import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { isMembers, lastTime } from './check-record.ts';
import type { ProcessTable } from './process-table.ts';
import type { LockClock } from './session-clock.ts';
import { partBytes, readPartSync } from './session-files.ts';

/** Who holds a session: the content of its `lock` file. */
export interface LockHolder {
  /** The process. */
  readonly pid: number;
  /** Its machine. */
  readonly host: string;
  /** When the process was started, where the system tells. */
  readonly processStart?: string | undefined;
  /** The boot (and container) of the machine, where the system tells. */
  readonly boot?: string | undefined;
  /** When the lock was last confirmed, in milliseconds since the epoch, by the holder's clock: for people, and never to judge by. */
  readonly heartbeat: number;
  /** How often it was confirmed. */
  readonly beats?: number | undefined;
  /** What tells this lock from any other. */
  readonly token: string;
}

/** Who locks, and by which clock. */
export interface LockContext {
  /** The session's id, for messages. */
  readonly session: string;
  /** The time, and the timer of the heartbeat. */
  readonly clock: LockClock;
  /** This process. */
  readonly pid: number;
  /** This machine. */
  readonly hostname: string;
  /** The processes of this machine. */
  readonly processes: ProcessTable;
  /** Makes texts that are never made twice. */
  readonly token: () => string;
  /** Milliseconds between two confirmations. */
  readonly heartbeatMs: number;
  /** Milliseconds that a holder which can't be asked is watched without a confirmation before it counts as dead. */
  readonly staleMs: number;
  /** The tokens of the locks that this store holds. */
  readonly held: Set<string>;
}

/** What is known of a lock: its holder, and the text that changes with each confirmation. */
export interface SeenLock {
  /** Who holds it; `undefined` where the file does not say. */
  readonly holder: LockHolder | undefined;
  /** The content of the file. */
  readonly mark: string;
}

/** What the system says of a holder. `unknown`: it is another machine's, another container's or another thread's, and only its confirmations tell. */
export type HolderState = 'alive' | 'dead' | 'unknown';

/** Whether the holder of a lock is alive, as far as it can be told at once. */
export function stateOf(
  holder: LockHolder | undefined,
  { hostname, processes, pid, held }: Pick<LockContext, 'hostname' | 'processes' | 'pid' | 'held'>,
): HolderState {
  if (holder === undefined) return 'unknown';
  if (held.has(holder.token)) return 'alive';
  if (holder.host !== hostname || holder.boot !== processes.boot) return 'unknown';
  if (!processes.alive(holder.pid)) return 'dead';
  const start = processes.startOf(holder.pid);
  if (start === undefined || holder.processStart === undefined) return 'unknown';
  if (start !== holder.processStart) return 'dead';
  // Of this process, but not of this store: another store's, or that of a worker thread, which may have been terminated.
  return holder.pid === pid ? 'unknown' : 'alive';
}

/** The lock of a folder; `undefined` when there is none. Throws `ERR_ORC_SESSION_CORRUPT` where it is no file. */
export function readLock(dir: string): SeenLock | undefined {
  return readLockIn(dir, 'lock');
}

function readLockIn(dir: string, name: string): SeenLock | undefined {
  const mark = readPartSync(dir, name, partBytes.lock);
  return mark === undefined ? undefined : { mark, holder: holderOf(mark) };
}

function holderOf(text: string): LockHolder | undefined {
  try {
    const holder: unknown = JSON.parse(text);
    return isHolder(holder) ? holder : undefined;
  } catch {
    return undefined;
  }
}

// By hand: a lock is read each few seconds, at once, between other things.
function isHolder(value: unknown): value is LockHolder {
  if (!isMembers(value)) return false;
  const { pid, host, processStart, boot, heartbeat, token } = value;
  return (
    Number.isInteger(pid) &&
    (pid as number) > 0 &&
    (pid as number) <= 2 ** 31 - 1 &&
    isShort(host) &&
    isShort(token) &&
    typeof heartbeat === 'number' &&
    heartbeat >= 0 &&
    heartbeat <= lastTime &&
    (processStart === undefined || isShort(processStart)) &&
    (boot === undefined || isShort(boot))
  );
}

function isShort(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 1024;
}

/**
 * Removes what processes left that were killed while they made or confirmed a lock: `lock.<token>`, with the content of a lock. A living process whose
 * file goes with them, because nothing is written in it yet, makes another.
 *
 * @param dead - The tokens of holders that were found to be dead.
 */
export function removeLeftovers(dir: string, context: LockContext, dead: ReadonlySet<string> = new Set()): void {
  for (const name of readdirSync(dir)) {
    if (!name.startsWith('lock.')) continue;
    let left: SeenLock | undefined;
    try {
      left = readLockIn(dir, name);
    } catch {
      // No file: nothing that a process left.
      continue;
    }
    if (left === undefined) continue;
    const { holder } = left;
    if (holder === undefined || dead.has(holder.token) || stateOf(holder, context) === 'dead')
      rmSync(join(dir, name), { force: true });
  }
}
