import { existsSync, linkSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { OrcError } from '../errors.ts';
import { writeWhole } from './durable-files.ts';
import { readLock, removeLeftovers, stateOf, type LockContext, type LockHolder, type SeenLock } from './lock-holder.ts';
import { partBytes, readPartSync } from './session-files.ts';
import { systemCode } from './system-code.ts';

/** The right to write into a session's folder, held by one process at a time. */
export class SessionLock {
  readonly #path: string;
  readonly #dir: string;
  readonly #context: LockContext;
  readonly #token: string;
  #timer: unknown;
  #confirmed: Moment;
  #beats = 0;
  #state: 'held' | 'lost' | 'released' = 'held';

  private constructor(dir: string, context: LockContext, token: string) {
    this.#dir = dir;
    this.#path = join(dir, 'lock');
    this.#context = context;
    this.#token = token;
    this.#confirmed = momentOf(context);
    context.held.add(token);
    this.#schedule();
  }

  /** Takes the lock of a folder that nobody else knows of, and that will be called `later` from the next moment on. */
  static make(dir: string, context: LockContext, later: string): SessionLock {
    const token = context.token();
    writeWhole(join(dir, 'lock'), content(context, token, 0));
    return new SessionLock(later, context, token);
  }

  /**
   * Takes the lock of a folder, also from a holder that is dead. One of which the system can't tell (of another machine, of a container, of a thread)
   * is watched: it is dead when it has not confirmed the lock for `staleMs` of this process's own time, whatever any clock says.
   *
   * @throws OrcError `ERR_ORC_SESSION_LOCKED` when a living process holds it.
   */
  static async acquire(dir: string, context: LockContext): Promise<SessionLock> {
    const path = join(dir, 'lock');
    const token = context.token();
    const { clock, staleMs, heartbeatMs } = context;
    const dead = new Set<string>();
    let watched: { readonly mark: string; readonly since: number } | undefined;
    // Each round takes the lock, meets a living holder, sees that somebody else was faster, or looks on.
    for (let lost = 0; lost < 10;) {
      if (place(path, content(context, token, 0), token)) {
        removeLeftovers(dir, context, dead);
        return new SessionLock(dir, context, token);
      }
      const seen = readLock(dir);
      if (seen === undefined) {
        lost += 1;
        continue;
      }
      const state = stateOf(seen.holder, context);
      if (state === 'dead' || (watched?.mark === seen.mark && clock.now() - watched.since > staleMs)) {
        evict(dir, seen, token);
        if (seen.holder !== undefined) dead.add(seen.holder.token);
        watched = undefined;
        lost += 1;
        continue;
      }
      if (state === 'alive' || (watched !== undefined && watched.mark !== seen.mark)) throw lockedError(seen, context);
      watched ??= { mark: seen.mark, since: clock.now() };
      await clock.wait(Math.min(heartbeatMs / 4, 500));
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
   * Makes sure that the lock is still held; looks at the file only when the last confirmation is old, or when the machine slept since then.
   *
   * @throws OrcError `ERR_ORC_SESSION_LOCKED` when another process has taken the session over.
   */
  check(): void {
    if (this.#state === 'held' && this.#isOld()) this.#confirm();
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
    this.#context.held.delete(this.#token);
    if (held) rmSync(this.#path, { force: true });
  }

  // The time that a process measures stands still while the machine sleeps; the other one is set, and so only ever a reason to look.
  #isOld(): boolean {
    const { own, wall } = momentOf(this.#context);
    const longest = this.#context.staleMs / 2;
    return own - this.#confirmed.own > longest || Math.abs(wall - this.#confirmed.wall) > longest;
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
    const now = momentOf(this.#context);
    const temp = `${this.#path}.${this.#context.token()}`;
    try {
      this.#beats += 1;
      writeWhole(temp, content(this.#context, this.#token, this.#beats));
      renameSync(temp, this.#path);
      this.#confirmed = now;
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
      return readLock(this.#dir)?.holder?.token === this.#token;
    } catch {
      return false;
    }
  }
}

interface Moment {
  readonly own: number;
  readonly wall: number;
}

function momentOf({ clock }: LockContext): Moment {
  return { own: clock.now(), wall: clock.wall() };
}

function content(context: LockContext, token: string, beats: number): string {
  const { pid, hostname, processes, clock } = context;
  const holder: LockHolder = {
    pid,
    host: hostname,
    processStart: processes.startOf(pid),
    boot: processes.boot,
    heartbeat: Math.floor(clock.wall()),
    beats,
    token,
  };
  return `${JSON.stringify(holder)}\n`;
}

// A hard link to a finished file: the lock is there whole or not at all, and only one process can make it.
function place(path: string, text: string, token: string): boolean {
  const temp = `${path}.${token}`;
  try {
    writeWhole(temp, text);
  } catch (error) {
    // What somebody put there is not ours to write into.
    if (systemCode(error) === 'EEXIST') rmSync(temp, { force: true });
    else throw error;
    writeWhole(temp, text);
  }
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
    writeWhole(path, text);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

// Two processes may see the same dead holder: a rename lets one of them win, and the loser may have moved the winner's new lock, so it looks and puts that back.
function evict(dir: string, dead: SeenLock, token: string): void {
  const path = join(dir, 'lock');
  const aside = `${path}.${token}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    throw error;
  }
  if (markOf(dir, `lock.${token}`) !== dead.mark) {
    try {
      linkSync(aside, path);
    } catch {
      // A third process holds it now; whoever lost it notices at its next confirmation.
    }
  }
  rmSync(aside, { force: true });
}

function markOf(dir: string, name: string): string | undefined {
  try {
    return readPartSync(dir, name, partBytes.lock);
  } catch {
    return undefined;
  }
}

function lockedError({ holder }: SeenLock, context: LockContext): OrcError {
  const elsewhere = holder?.host !== context.hostname || holder.boot !== context.processes.boot;
  return new OrcError(
    'ERR_ORC_SESSION_LOCKED',
    `Expected session \`${context.session}\` to be free, but ${shownHolder(holder, elsewhere, context)}`,
    {
      hint: elsewhere
        ? 'It confirmed the lock while it was watched, so it is alive: wait for that run, or cancel it there.'
        : 'Wait for that run, or cancel it.',
      retryable: false,
    },
  );
}

function shownHolder(holder: LockHolder | undefined, elsewhere: boolean, { clock }: LockContext): string {
  if (holder === undefined) return 'somebody is taking it';
  const ago = Math.max(0, Math.round((clock.wall() - holder.heartbeat) / 1000));
  // Two clocks are not compared, not even for a message.
  const seen = elsewhere ? `at ${new Date(holder.heartbeat).toISOString()} by its clock` : `${ago} s ago`;
  return `process ${holder.pid} on \`${holder.host}\` holds it (last seen ${seen})`;
}
