import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import type { Clock } from '../clock.ts';
import type { ProcessTable } from './process-table.ts';
import { systemCode } from './system-code.ts';

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
  /** When the lock was last confirmed, in milliseconds since the epoch. */
  readonly heartbeat: number;
  /** What tells this lock from any other. */
  readonly token: string;
}

/** Who locks, and by which clock. */
export interface LockContext {
  /** The session's id, for messages. */
  readonly session: string;
  /** The time, and the timer of the heartbeat. */
  readonly clock: Clock;
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
  /** Milliseconds without a confirmation after which a holder that can't be asked counts as dead. */
  readonly staleMs: number;
}

/** Whether the holder of a lock is alive: asked of the system for this machine, judged by the heartbeat for any other. */
export function isHolderAlive(
  holder: LockHolder,
  context: Pick<LockContext, 'clock' | 'hostname' | 'processes' | 'staleMs'>,
): boolean {
  const { processes } = context;
  const age = context.clock.now() - holder.heartbeat;
  // A clock that is ahead is a clock of a living machine; one that is ahead by hours was wrong.
  const fresh = age < context.staleMs && age > -3_600_000;
  if (holder.host !== context.hostname || holder.boot !== processes.boot) return fresh;
  if (!processes.alive(holder.pid)) return false;
  const start = processes.startOf(holder.pid);
  return start === undefined || holder.processStart === undefined ? fresh : start === holder.processStart;
}

/** Who holds the session of a folder; `undefined` when nobody does, or the lock is no lock. */
export function readHolder(dir: string): LockHolder | undefined {
  return readHolderIn(join(dir, 'lock'));
}

function readHolderIn(path: string): LockHolder | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const holder = JSON.parse(text) as LockHolder;
    return typeof holder.pid === 'number' && typeof holder.heartbeat === 'number' && typeof holder.token === 'string'
      ? holder
      : unreadable;
  } catch {
    return unreadable;
  }
}

// A lock is put in place whole, so one that can't be read was damaged; nobody can confirm it any more.
const unreadable: LockHolder = { pid: 0, host: '', heartbeat: Number.NEGATIVE_INFINITY, token: '' };

/**
 * Removes what processes left that were killed while they made or confirmed a lock: `lock.<token>`, with the content of a lock. A living process whose
 * file goes with them, because nothing is written in it yet, makes another.
 */
export function removeLeftovers(dir: string, context: LockContext): void {
  for (const name of readdirSync(dir)) {
    if (!name.startsWith('lock.')) continue;
    const holder = readHolderIn(join(dir, name));
    if (holder !== undefined && !isHolderAlive(holder, context)) rmSync(join(dir, name), { force: true });
  }
}
