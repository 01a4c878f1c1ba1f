import { checkSpan, checkTags } from '../check-option.ts';
import type { SetOptions } from './options.ts';
import type { Entry } from './recency-ring.ts';

/** What few entries have, kept beside them so that the many pay nothing for it. */
export class Extras {
  /** The tags that it can be invalidated by. */
  readonly tags: readonly string[] | undefined;
  /** How long after its expiry it may be handed out while it is computed anew, in ms. */
  readonly staleWhileRevalidate: number;
  /** How long after its expiry it may be handed out when computing it anew fails, in ms. */
  readonly staleIfError: number;
  /** When it expires, in ms since 1970, if that is too far away for the entry's own field. */
  farExpiry: number | undefined;

  /** Holds what it is given. */
  constructor(tags: readonly string[] | undefined, staleWhileRevalidate: number, staleIfError: number) {
    this.tags = tags;
    this.staleWhileRevalidate = staleWhileRevalidate;
    this.staleIfError = staleIfError;
    this.farExpiry = undefined;
  }
}

/** What the options of a write and, where they are silent, those of the cache ask for; `undefined` if that is nothing. */
export function extrasOf(
  options: SetOptions | undefined,
  defaults: { readonly staleWhileRevalidate: number; readonly staleIfError: number },
): Extras | undefined {
  const tags = options?.tags === undefined ? [] : checkTags(options.tags);
  const { staleWhileRevalidate: whileRevalidate = defaults.staleWhileRevalidate } = options ?? {};
  const { staleIfError: ifError = defaults.staleIfError } = options ?? {};
  if (tags.length === 0 && whileRevalidate === 0 && ifError === 0) return undefined;
  return new Extras(
    tags.length === 0 ? undefined : [...new Set(tags)],
    checkSpan('staleWhileRevalidate', whileRevalidate),
    checkSpan('staleIfError', ifError),
  );
}

/** Tags, stale times and far expiries of the entries that have any. */
export class SideTable<K, V> {
  readonly #extras = new Map<Entry<K, V>, Extras>();
  readonly #byTag = new Map<string, Set<Entry<K, V>>>();

  /** What an entry has. */
  get(entry: Entry<K, V>): Extras | undefined {
    return this.#extras.get(entry);
  }

  /** How long after its expiry an entry stays, in ms. */
  graceOf(entry: Entry<K, V>): number {
    const extras = this.#extras.get(entry);
    return extras === undefined ? 0 : Math.max(extras.staleWhileRevalidate, extras.staleIfError);
  }

  /** Gives an entry its extras, in place of those it had. */
  set(entry: Entry<K, V>, extras: Extras): void {
    this.delete(entry);
    this.#extras.set(entry, extras);
    if (extras.tags === undefined) return;
    for (const tag of extras.tags) {
      const tagged = this.#byTag.get(tag);
      if (tagged === undefined) this.#byTag.set(tag, new Set([entry]));
      else tagged.add(entry);
    }
  }

  /** Forgets an entry. */
  delete(entry: Entry<K, V>): void {
    const extras = this.#extras.get(entry);
    if (extras === undefined) return;
    this.#extras.delete(entry);
    for (const tag of extras.tags ?? []) {
      const tagged = this.#byTag.get(tag);
      tagged?.delete(entry);
      if (tagged?.size === 0) this.#byTag.delete(tag);
    }
  }

  /** The entries with a tag. */
  tagged(tag: string): readonly Entry<K, V>[] {
    return [...(this.#byTag.get(tag) ?? [])];
  }

  /** Forgets everything. */
  clear(): void {
    this.#extras.clear();
    this.#byTag.clear();
  }
}
