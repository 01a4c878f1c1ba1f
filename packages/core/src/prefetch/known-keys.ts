import { digest } from '@orc/cache';

import type { CachedOutput } from '../run/cached-output.ts';
import type { Engine } from '../run/engine.ts';
import type { RunState } from '../run/run-state.ts';

/** The most keys that are swept up at once; more would push each other out of memory. */
const mostKeys = 500;

/**
 * The keys that a request had the last time, kept in the cache under a key of their own, so that the next run of it can fetch them from
 * the slow tiers in one sweep. A key that no longer fits is fetched in vain, nothing more: each task still makes its own.
 */
export class KnownKeys {
  readonly #engine: Engine;
  readonly #run: RunState;
  readonly #name: string;
  readonly #used = new Set<string>();
  #before: readonly string[] = [];

  /** The keys of one run. */
  constructor(engine: Engine, run: RunState, models: readonly string[]) {
    this.#engine = engine;
    this.#run = run;
    const { text, seed, words = null, input = null, options = {} } = run.request;
    const scope = run.scope ?? null;
    this.#name = digest('orc.keys/2', run.compiled.pipeline.id, scope, text, seed, words, input, options, models);
  }

  /** Notes that a task has this key. */
  use(key: string): void {
    this.#used.add(key);
  }

  /** Fetches what is known, in one sweep. What can't be fetched is a miss later on. */
  async fetch(): Promise<void> {
    const { cache, hub, abort } = this.#run;
    const { signal } = abort;
    try {
      const entry = await cache?.getEntry(this.#name, { signal });
      this.#before = keysOf(entry?.value);
      if (this.#before.length === 0) return;
      hub.emit({ type: 'prefetch-start', mode: 'known', keys: this.#before.length });
      const { found } = (await cache?.prefetch(this.#before, { signal })) ?? { found: 0 };
      hub.emit({ type: 'prefetch-end', mode: 'known', found });
    } catch {
      // Cancelled, or the cache was closed: the run finds out by itself.
    }
  }

  /** Keeps the keys of this run for the next one, where they differ. */
  async keep(): Promise<void> {
    const keys = [...this.#used].slice(0, mostKeys);
    if (keys.length < 2 || (keys.length === this.#before.length && this.#before.every((key) => this.#used.has(key))))
      return;
    const value: CachedOutput = {
      output: keys,
      digest: '',
      at: Math.round(this.#engine.options.clock.now()),
      durationMs: 0,
    };
    await this.#run.cache?.set(this.#name, value, { meta: { keys: true } });
  }
}

function keysOf(value: CachedOutput | undefined): readonly string[] {
  const keys: unknown = value?.output;
  return Array.isArray(keys) && keys.every((key) => typeof key === 'string') ? keys.slice(0, mostKeys) : [];
}
