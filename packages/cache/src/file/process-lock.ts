import { randomUUID } from 'node:crypto';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { link, lstat, lutimes, rename, rm, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';

import { letGo, LONGEST_TIMER } from '../clock.ts';
import type { TierLock } from '../tiers/tier.ts';
import { isObject } from '../tiers/entry-shape.ts';
import { makeFolder } from './layout.ts';
import { readSmallSync } from './open-file.ts';
import { codeOf } from './system-error.ts';

/** How long to wait before looking at a lock again, in ms: at first, and at most. */
const FIRST_POLL = 2;
const LAST_POLL = 100;

/** How many bytes of a lock file are read; ours have a tenth of it. */
const LONGEST_HOLDER = 4096;

/** Who holds a lock, as its file says. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly token: string;
}

/** How long processes wait for one another, in ms. */
export interface LockTimes {
  /** How often the holder touches its file. */
  readonly heartbeat: number;
  /** After how long untouched a lock is taken over. */
  readonly staleAfter: number;
  /** How long to wait for a living holder. */
  readonly maxWait: number;
}

/**
 * Takes a lock file, waiting for its holder if there is one. A holder that is gone is taken over: at once if its process is
 * known to be dead, else when its file has not been touched for `staleAfter` of our own time, whatever the clocks of
 * others say. `undefined` if a living holder kept it for longer than `maxWait`.
 */
export async function takeLock(
  path: string,
  folder: string,
  times: LockTimes,
  signal: AbortSignal | undefined,
): Promise<TierLock | undefined> {
  const mine: Holder = { pid: process.pid, host: hostname(), token: randomUUID() };
  const begun = performance.now();
  let seen: { readonly mark: string; readonly since: number } | undefined;
  for (let wait = FIRST_POLL; ; wait = Math.min(wait * 1.5, LAST_POLL)) {
    signal?.throwIfAborted();
    if (create(path, folder, mine)) return hold(path, mine, times.heartbeat);
    const now = performance.now();
    const state = await observe(path);
    if (state === undefined) continue;
    if (seen?.mark !== state.mark) seen = { mark: state.mark, since: now };
    if (isGone(state.holder) || now - seen.since > times.staleAfter) {
      await takeAway(path, state.text);
      continue;
    }
    if (now - begun > times.maxWait) return undefined;
    // A timer that keeps the process alive: whoever waits here has work to do.
    await delay(wait, undefined, signal === undefined ? {} : { signal }).catch((error: unknown) => {
      signal?.throwIfAborted();
      throw error;
    });
  }
}

/** Makes the file if it is not there. */
function create(path: string, folder: string, holder: Holder): boolean {
  for (let attempt = 0; ; attempt++) {
    try {
      const file = openSync(path, 'wx', 0o600);
      try {
        writeSync(file, JSON.stringify(holder));
      } catch (error) {
        // A full disk, say. A lock that does not say whose it is would keep everybody waiting.
        rmSync(path, { force: true });
        throw error;
      } finally {
        closeSync(file);
      }
      return true;
    } catch (error) {
      const code = codeOf(error);
      if (code === 'EEXIST') return false;
      // On Windows a file that is being deleted cannot be made again for a moment.
      if (code === 'EPERM' && process.platform === 'win32') return false;
      if (code !== 'ENOENT' || attempt > 0) throw error;
      makeFolder(folder);
    }
  }
}

async function observe(path: string): Promise<{ mark: string; text: string; holder: Holder | undefined } | undefined> {
  let text = '';
  let mark: string;
  try {
    mark = String((await lstat(path)).mtimeMs);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    text = readSmallSync(path, LONGEST_HOLDER) ?? '';
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    // One that cannot be read is waited for like one that does not say whose it is.
  }
  return { mark: `${mark} ${text}`, text, holder: parseHolder(text) };
}

/** Whether a holder is known to be dead: a process of this machine that is no more. */
function isGone(holder: Holder | undefined): boolean {
  return holder !== undefined && holder.host === hostname() && !isAlive(holder.pid);
}

/** Removes a lock file that nobody will give back: its holder is dead, or has not touched it since a time in ms since 1970. */
export async function removeLeftLock(path: string, before: number): Promise<void> {
  const state = await observe(path).catch(() => undefined);
  if (state === undefined) return;
  if (isGone(state.holder) || Number.parseFloat(state.mark) < before) await takeAway(path, state.text);
}

function parseHolder(text: string): Holder | undefined {
  try {
    const holder: unknown = JSON.parse(text);
    if (!isObject(holder)) return undefined;
    const { pid, host, token } = holder;
    if (!Number.isSafeInteger(pid) || (pid as number) <= 0) return undefined;
    return typeof host === 'string' && typeof token === 'string' ? { pid: pid as number, host, token } : undefined;
  } catch {
    // Its holder is writing it, or was killed while it did.
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
}

/** Removes the file of a holder that is gone. Of several who try, one renames it; who renames somebody's new lock puts it back. */
async function takeAway(path: string, text: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  try {
    if ((readSmallSync(aside, LONGEST_HOLDER) ?? '') !== text) await link(aside, path);
  } catch {
    // Somebody has it again already. At worst two compute the same.
  } finally {
    await rm(aside, { force: true, recursive: true }).catch(() => undefined);
  }
}

function hold(path: string, mine: Holder, heartbeat: number): TierLock {
  const beat = setInterval(
    () => {
      const now = new Date();
      lutimes(path, now, now).catch(() => undefined);
    },
    Math.min(heartbeat, LONGEST_TIMER),
  );
  letGo(beat);
  let released = false;
  return {
    release: async () => {
      if (released) return;
      released = true;
      clearInterval(beat);
      const state = await observe(path).catch(() => undefined);
      if (state?.holder?.token === mine.token) await unlink(path).catch(() => undefined);
    },
  };
}
