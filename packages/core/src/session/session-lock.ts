import { existsSync, linkSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { OrcError } from '../errors.ts';
import { writeWhole } from './durable-files.ts';
import { isHolderAlive, readHolder, removeLeftovers, type LockContext, type LockHolder } from './lock-holder.ts';
import { systemCode } from './system-code.ts';

/** The right to write into a session's folder, held by one process at a time. */
export class SessionLock {
  readonly #path: string;
  readonly #context: LockContext;
  readonly #token: string;
  #timer: unknown;
  #confirmedAt: number;
  #state: 'held' | 'lost' | 'released' = 'held';

  private constructor(path: string, context: LockContext, token: string, confirmedAt: number) {
    this.#path = path;
    this.#context = context;
    this.#token = token;
    this.#confirmedAt = confirmedAt;
    this.#schedule();
  }

  /**
   * Takes the lock of a folder, also from a holder that is dead.
   *
   * @param dir - The folder as it is called now.
   * @param later - The folder as it will be called from the next moment on, when it is about to be moved.
   * @throws OrcError `ERR_ORC_SESSION_LOCKED` when a living process holds it.
   */
  static acquire(dir: string, context: LockContext, later: string = dir): SessionLock {
    const path = join(dir, 'lock');
    const token = context.token();
    // Each round either takes the lock, meets a living holder, or sees that somebody else was faster; then that one is judged.
    for (let round = 0; round < 10; round += 1) {
      const now = context.clock.now();
      if (place(path, content(context, token, now), token)) {
        removeLeftovers(dir, context);
        return new SessionLock(join(later, 'lock'), context, token, now);
      }
      const holder = readHolder(dir);
      if (holder === undefined) continue;
      if (isHolderAlive(holder, context)) throw lockedError(holder, context);
      evict(path, holder, token);
    }
    throw new OrcError(
      'ERR_ORC_SESSION_LOCKED',
      `Expected session \`${context.session}\` to be free, but several processes are taking it at once`,
      {
        retryable: true,
      },
    );
  }

  /**
   * Makes sure that the lock is still held; looks at the file only when the last confirmation is old, such as after the machine slept.
   *
   * @throws OrcError `ERR_ORC_SESSION_LOCKED` when another process has taken the session over.
   */
  check(): void {
    if (this.#state === 'held' && this.#context.clock.now() - this.#confirmedAt > this.#context.staleMs / 2)
      this.#confirm();
    if (this.#state === 'lost') throw this.#lostError();
  }

  /** Makes sure by looking at the file, however recent the last confirmation is. Throws as `check` does. */
  confirm(): void {
    this.#confirm();
    this.check();
  }

  /** Gives the lock back. */
  release(): void {
    if (this.#state === 'released') return;
    this.#context.clock.clearTimeout(this.#timer);
    const held = this.#state === 'held' && this.#isOurs();
    this.#state = 'released';
    if (held) rmSync(this.#path, { force: true });
  }

  #schedule(): void {
    this.#timer = this.#context.clock.setTimeout(() => {
      this.#confirm();
      if (this.#state === 'held') this.#schedule();
    }, this.#context.heartbeatMs);
  }

  #confirm(): void {
    if (this.#state !== 'held') return;
    if (!this.#isOurs()) {
      this.#state = 'lost';
      return;
    }
    const now = this.#context.clock.now();
    const temp = `${this.#path}.${this.#token}`;
    try {
      writeWhole(temp, content(this.#context, this.#token, now), 'w');
      renameSync(temp, this.#path);
      this.#confirmedAt = now;
    } catch {
      // A full disk must not end the run here: the next confirmation, or the next record, tells.
      rmSync(temp, { force: true });
    }
  }

  #lostError(): OrcError {
    const taken = existsSync(this.#path);
    return new OrcError(
      'ERR_ORC_SESSION_LOCKED',
      `Expected session \`${this.#context.session}\` to be held by this process, but ${taken ? 'another one has taken it over' : 'its lock is gone'}`,
      {
        hint: taken
          ? 'This process was silent for too long. Nothing it does now is recorded; the other process goes on.'
          : 'The folder was moved or removed while the run went on: what it recorded is not all in there.',
        retryable: false,
      },
    );
  }

  #isOurs(): boolean {
    try {
      return (JSON.parse(readFileSync(this.#path, 'utf8')) as LockHolder).token === this.#token;
    } catch {
      return false;
    }
  }
}

function content(context: LockContext, token: string, now: number): string {
  const { pid, hostname, processes } = context;
  const holder: LockHolder = {
    pid,
    host: hostname,
    processStart: processes.startOf(pid),
    boot: processes.boot,
    heartbeat: Math.floor(now),
    token,
  };
  return `${JSON.stringify(holder)}\n`;
}

// A hard link to a finished file: the lock is there whole or not at all, and only one process can make it.
function place(path: string, text: string, token: string): boolean {
  const temp = `${path}.${token}`;
  writeWhole(temp, text, 'w');
  try {
    linkSync(temp, path);
    return true;
  } catch (error) {
    // Somebody has it, or has taken our file for one that was left.
    if (['EEXIST', 'ENOENT'].includes(systemCode(error))) return false;
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EXDEV', 'EMLINK'].includes(systemCode(error))) throw error;
    return placeWithoutLink(path, text);
  } finally {
    rmSync(temp, { force: true });
  }
}

// Some file systems know no hard links.
function placeWithoutLink(path: string, text: string): boolean {
  try {
    writeWhole(path, text, 'wx');
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

// Two processes may see the same dead holder: a rename lets one of them win, and the loser may have moved the winner's new lock, so it looks and puts that back.
function evict(path: string, dead: LockHolder, token: string): void {
  const aside = `${path}.${token}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    throw error;
  }
  const moved = readAside(aside);
  if (moved !== dead.token) {
    try {
      linkSync(aside, path);
    } catch {
      // A third process holds it now; whoever lost it notices at its next confirmation.
    }
  }
  rmSync(aside, { force: true });
}

function readAside(path: string): string {
  try {
    return (JSON.parse(readFileSync(path, 'utf8')) as LockHolder).token ?? '';
  } catch {
    return '';
  }
}

function lockedError(holder: LockHolder, context: LockContext): OrcError {
  const ago = Math.max(0, Math.round((context.clock.now() - holder.heartbeat) / 1000));
  const elsewhere = holder.host !== context.hostname || holder.boot !== context.processes.boot;
  return new OrcError(
    'ERR_ORC_SESSION_LOCKED',
    `Expected session \`${context.session}\` to be free, but process ${holder.pid} on \`${holder.host}\` holds it (last seen ${ago} s ago)`,
    {
      hint: elsewhere
        ? `If that machine is gone, try again ${Math.round(context.staleMs / 1000)} s after it was last seen.`
        : 'Wait for that run, or cancel it.',
      retryable: false,
    },
  );
}
