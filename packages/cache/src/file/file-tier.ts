import { closeSync, lstatSync, lutimes, openSync, readSync, unlinkSync } from 'node:fs';
import { rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { type BoundedMemo, boundedMemo } from '../bounded-memo.ts';
import { callBack, ignore, isPromise } from '../maybe-promise.ts';
import { packValue } from '../serializer.ts';
import type { Unreadable } from '../tiers/entry-shape.ts';
import type { TierCallOptions, TierEntry, TierListener, TierLock } from '../tiers/tier.ts';
import { temporaryIn, writeAtomically, writeAtomicallySync } from './atomic-write.ts';
import { emptyLayout } from './empty-layout.ts';
import { decodeEnvelope, encodeEnvelope } from './envelope.ts';
import type { FileEntry, FileTier, FileTierStats, SweepResult } from './contract.ts';
import { listEntries, look, takeStock } from './inventory.ts';
import { fileOf, type Layout, makeFolder, nameOf, openLayout } from './layout.ts';
import { READ, readWhole } from './open-file.ts';
import { type FileTierEvent, type FileTierOptions, type ResolvedFileOptions, resolveFileOptions } from './options.ts';
import { takeLock } from './process-lock.ts';
import { RecentWrites } from './recent-writes.ts';
import { sweep } from './sweep.ts';
import { codeOf, faultOf, isFolder } from './system-error.ts';

/** Up to this many bytes a file is read and written at once; above, without blocking. */
const SMALL = 65_536;
/** How often the time of last use is written, at most, per entry. */
const TOUCH_INTERVAL = 60_000;
/** The largest file that is read: a text of Node is no longer, and what is beyond `maxBytes` is as good as swept, but for small folders. */
const LARGEST = 2 ** 29;
const LEAST = 2 ** 20;

/**
 * Opens a tier that keeps its entries in files. Any number of processes may share the folder.
 *
 * @throws `CacheError` with `ERR_CACHE_OPTION` for an option that is unknown or out of range, `ERR_CACHE_DIR` if the folder
 * cannot be made, or what is in it is a link or another user's.
 *
 * @example
 * ```ts
 * import { TieredCache } from '@orc/cache';
 * import { fileTier } from '@orc/cache/file';
 *
 * const cache = new TieredCache({ tiers: [fileTier({ dir: './.cache', maxBytes: 64 * 2 ** 20 })] });
 * ```
 */
export function fileTier<V = unknown>(options: FileTierOptions): FileTier<V> {
  return new Files<V>(resolveFileOptions(options));
}

class Files<V> implements FileTier<V> {
  readonly name: string;
  readonly dir: string;
  readonly #options: ResolvedFileOptions;
  readonly #layout: Layout;
  readonly #buffer = Buffer.allocUnsafeSlow(SMALL);
  /** When a file's time of last use was written last. */
  readonly #touched: BoundedMemo<string, number> = boundedMemo(10_000);
  /** The folders of entries that have been looked at and are such. */
  readonly #sound = new Set<string>();
  readonly #listeners = new Set<TierListener>();
  readonly #recent: RecentWrites;
  #sweeping: Promise<unknown> | undefined;
  /** What was cleared and has not left the disk yet. */
  readonly #emptying = new Set<Promise<void>>();
  #timer: unknown;
  #written = 0;
  #closed = false;

  constructor(options: ResolvedFileOptions) {
    this.#options = options;
    this.#layout = openLayout(options.dir);
    this.#recent = new RecentWrites(options.maxBytes);
    this.name = options.name;
    this.dir = this.#layout.dir;
    this.#schedule();
  }

  get(key: string): TierEntry<V> | undefined | Promise<TierEntry<V> | undefined> {
    const name = nameOf(key);
    const path = fileOf(this.#layout, name);
    const strange = this.#strangeFolder(name, path);
    if (strange !== undefined) return strange;
    let length: number;
    try {
      const file = openSync(path, READ);
      try {
        length = readSync(file, this.#buffer, 0, SMALL, 0);
      } finally {
        closeSync(file);
      }
    } catch (error) {
      return this.#missed(key, path, error);
    }
    if (length === SMALL) return this.#getLarge(key, name, path);
    const entry = decodeEnvelope<V>(this.#buffer.subarray(0, length), key, this.#options.serializer);
    // Before a file is set aside it is read once more, whole.
    if ('fault' in entry) return this.#getLarge(key, name, path);
    return this.#current(name, path, entry);
  }

  async #getLarge(key: string, name: string, path: string): Promise<TierEntry<V> | undefined> {
    let bytes: Buffer | Unreadable;
    try {
      bytes = await readWhole(path, Math.min(LARGEST, Math.max(LEAST, this.#options.maxBytes)));
    } catch (error) {
      return this.#missed(key, path, error);
    }
    const entry = 'fault' in bytes ? bytes : decodeEnvelope<V>(bytes, key, this.#options.serializer);
    if ('fault' in entry) return this.#setAside(key, path, entry);
    return this.#current(name, path, entry);
  }

  /** What cannot be read by anybody is set aside, so that it does not stand in the way; what may be for a moment only is an error. */
  #missed(key: string, path: string, error: unknown): undefined | Promise<undefined> {
    if (codeOf(error) === 'ENOENT') return undefined;
    const fault = faultOf(error);
    if (fault !== undefined) return this.#setAside(key, path, { fault });
    throw error;
  }

  #current(name: string, path: string, entry: TierEntry<V>): TierEntry<V> | undefined {
    const now = this.#options.clock.now();
    // A file can say that it was stored in a thousand years.
    const expiresAt = Math.min(entry.expiresAt, Math.min(entry.storedAt, now) + this.#options.ttl);
    if (expiresAt <= now) return undefined;
    if (!this.#closed && !(Math.abs(now - (this.#touched.get(name) ?? -Infinity)) < TOUCH_INTERVAL)) {
      this.#touched.set(name, now);
      lutimes(path, now / 1000, now / 1000, () => {
        // It may have been removed meanwhile.
      });
    }
    return expiresAt === entry.expiresAt ? entry : { ...entry, expiresAt };
  }

  set(key: string, entry: TierEntry<V>): void | Promise<void> {
    const now = this.#options.clock.now();
    const expiresAt = Math.min(entry.expiresAt, entry.storedAt + this.#options.ttl);
    if (expiresAt <= now) {
      const deleted = this.delete(key);
      return isPromise(deleted) ? deleted.then(ignore) : undefined;
    }
    const text = encodeEnvelope(key, { ...entry, expiresAt }, this.#options.serializer);
    const name = nameOf(key);
    const path = fileOf(this.#layout, name);
    this.#touched.set(name, now);
    const bytes = Buffer.byteLength(text);
    this.#wrote(path, bytes);
    const strange = this.#strangeFolder(name, path);
    if (strange === undefined) return this.#write(key, path, text, bytes);
    return strange.then(() => this.#write(key, path, text, bytes));
  }

  #write(key: string, path: string, text: string, bytes: number): void | Promise<void> {
    const temporary = temporaryIn(this.#layout.temporary);
    const written = bytes > SMALL ? writeAtomically(path, temporary, text) : writeAtomicallySync(path, temporary, text);
    return written?.catch(async (error: unknown) => {
      if (!isFolder(error, path)) throw error;
      await this.#setAside(key, path, { fault: 'EISDIR' });
      await writeAtomically(path, temporaryIn(this.#layout.temporary), text);
    });
  }

  check(key: string, value: V): void {
    packValue(value, key, this.#options.serializer);
  }

  delete(key: string): boolean | Promise<boolean> {
    const name = nameOf(key);
    const path = fileOf(this.#layout, name);
    const strange = this.#strangeFolder(name, path);
    if (strange !== undefined) return strange.then(() => false);
    try {
      unlinkSync(path);
      return true;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return false;
      if (!isFolder(error, path)) throw error;
      return this.#setAside(key, path, { fault: 'EISDIR' }).then(() => false);
    }
  }

  async clear(): Promise<void> {
    const { removed } = await emptyLayout(this.#layout);
    const emptying = removed.finally(() => this.#emptying.delete(emptying));
    this.#emptying.add(emptying);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#options.clock.clearTimeout(this.#timer);
    await Promise.all([this.#sweeping, ...this.#emptying]);
  }

  async lock(key: string, options?: TierCallOptions): Promise<TierLock | undefined> {
    const path = join(this.#layout.locks, `${nameOf(key)}.lock`);
    return takeLock(path, this.#layout.locks, this.#options.lock, options?.signal);
  }

  listen(listener: TierListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  entries(): AsyncIterable<FileEntry> {
    return listEntries(this.#layout);
  }

  stats(): Promise<FileTierStats> {
    return takeStock(this.#layout);
  }

  async prune(): Promise<SweepResult> {
    const { clock, maxBytes, maxAge } = this.#options;
    this.#written = 0;
    this.#recent.swept();
    return sweep(this.#layout, {
      now: clock.now(),
      maxBytes,
      maxAge,
      stopped: () => false,
      corrupt: (path, fault) => this.#setAside(undefined, path, { fault }),
    });
  }

  /** Sets aside what stands where the folder of an entry should: through a link in its place, files elsewhere would be written and removed. */
  #strangeFolder(name: string, path: string): Promise<undefined> | undefined {
    const shard = name.slice(0, 2);
    if (this.#sound.has(shard)) return undefined;
    const folder = dirname(path);
    const stats = lstatSync(folder, { throwIfNoEntry: false });
    if (stats === undefined) return undefined;
    if (!stats.isDirectory()) return this.#setAside(undefined, folder, { fault: 'not a folder' });
    this.#sound.add(shard);
    return undefined;
  }

  async #setAside(key: string | undefined, path: string, { fault }: Unreadable): Promise<undefined> {
    const where = join(this.#layout.corrupt, `${basename(dirname(path))}${basename(path)}.${Date.now().toString(36)}`);
    try {
      makeFolder(this.#layout.corrupt);
      await rename(path, where);
    } catch (error) {
      // Somebody else has set it aside, or it cannot be moved: then it must not be met again.
      if (codeOf(error) !== 'ENOENT') await unlink(path).catch(() => undefined);
    }
    this.#emit({ type: 'entry-corrupt', key, reason: fault, where });
    for (const listener of this.#listeners) listener.entryCorrupt?.(key, fault, where);
    return undefined;
  }

  /** Sweeps sooner when much has been written. */
  #wrote(path: string, bytes: number): void {
    this.#written += bytes;
    if (this.#options.sweepInterval !== Infinity) this.#recent.add(path, bytes);
    if (this.#written < this.#options.maxBytes / 8 || this.#sweeping !== undefined || this.#closed) return;
    this.#written = 0;
    if (this.#options.sweepInterval !== Infinity) this.#sweepInBackground();
  }

  #schedule(): void {
    const { clock, sweepInterval } = this.#options;
    if (sweepInterval === Infinity) return;
    const ask = async (): Promise<void> => {
      const swept = await look(this.#layout.swept);
      if (this.#closed) return;
      // Whichever process comes first does it for all. A time far ahead is of a clock that has been set back since.
      if (swept === undefined || Math.abs(clock.now() - swept.usedAt) >= sweepInterval / 2) this.#sweepInBackground();
      this.#timer = clock.setTimeout(() => void ask(), sweepInterval);
    };
    this.#timer = clock.setTimeout(() => void ask(), Math.min(1000, sweepInterval));
  }

  #sweepInBackground(): void {
    if (this.#sweeping !== undefined) return;
    const { clock, maxBytes, maxAge } = this.#options;
    this.#recent.swept();
    this.#sweeping = sweep(this.#layout, {
      now: clock.now(),
      maxBytes,
      maxAge,
      stopped: () => this.#closed,
      corrupt: (path, fault) => this.#setAside(undefined, path, { fault }),
    })
      .then(({ removed, bytes }) => this.#emit({ type: 'sweep-end', removed, bytes }))
      .catch((error: unknown) => this.#emit({ type: 'sweep-error', error }))
      .finally(() => {
        this.#sweeping = undefined;
      });
  }

  #emit(event: FileTierEvent): void {
    const { onEvent } = this.#options;
    // A listener that throws is no reason for the tier to fail.
    if (onEvent !== undefined) callBack(() => onEvent(event), ignore);
  }
}
