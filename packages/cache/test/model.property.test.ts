import { deepStrictEqual, strictEqual } from 'node:assert/strict';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { type RemoveReason, TtlLruCache } from '../src/index.ts';
import { ManualClock } from '../src/testing/index.ts';

const MAX = 8;
const TTL = 5000;
/** Longer than any run, so that what has expired stays until it is met: the model is simpler for it. */
const SWEEP = 1e12;

/** An exact LRU with a time to live, as slow and plain as can be. */
class Model {
  readonly held = new Map<number, { value: number; expires: number; tag: string | undefined }>();
  readonly removed: string[] = [];
  now = 0;

  live(key: number): boolean {
    const entry = this.held.get(key);
    if (entry === undefined) return false;
    if (entry.expires > this.now) return true;
    this.remove(key, 'expire');
    return false;
  }

  remove(key: number, reason: RemoveReason): void {
    this.removed.push(`${reason} ${key}=${this.held.get(key)?.value}`);
    this.held.delete(key);
  }

  touch(key: number): void {
    const entry = this.held.get(key);
    if (entry === undefined) return;
    this.held.delete(key);
    this.held.set(key, entry);
  }

  set(key: number, value: number, ttl: number, tag: string | undefined): void {
    const old = this.held.get(key);
    if (old !== undefined) {
      if (old.expires <= this.now) this.removed.push(`expire ${key}=${old.value}`);
      else if (old.value !== value) this.removed.push(`set ${key}=${old.value}`);
      this.held.delete(key);
    } else if (this.held.size === MAX) this.remove([...this.held.keys()][0] as number, 'evict');
    this.held.set(key, { value, expires: this.now + ttl, tag });
  }
}

interface Real {
  readonly cache: TtlLruCache<number, number>;
  readonly clock: ManualClock;
  readonly removed: string[];
}

type Operation = fc.Command<Model, Real>;

let operations = 0;

function operation(name: string, run: (model: Model, real: Real) => void): Operation {
  return {
    check: () => true,
    run: (model, real) => {
      operations++;
      run(model, real);
      // Node's assertions: those of the test runner would take ten times as long as what they look at.
      strictEqual(real.cache.size, model.held.size);
      if (real.removed.length === 0 && model.removed.length === 0) return;
      deepStrictEqual(real.removed, model.removed);
      model.removed.length = 0;
      real.removed.length = 0;
    },
    toString: () => name,
  };
}

const key = fc.nat(14);
const value = fc.nat(3);
const ttl = fc.constantFrom(1, 999, 1000, 2000, 2001, TTL, 40 * 86_400_000, Infinity);
const tag = fc.constantFrom(undefined, undefined, 'x', 'y');

const commands: fc.Arbitrary<Operation>[] = [
  fc.tuple(key, value).map(([k, v]) =>
    operation(`set(${k}, ${v})`, (model, { cache }) => {
      model.set(k, v, TTL, undefined);
      cache.set(k, v);
    }),
  ),
  fc.tuple(key, value, ttl, tag).map(([k, v, life, t]) =>
    operation(`set(${k}, ${v}, ttl ${life}, tag ${t})`, (model, { cache }) => {
      model.set(k, v, life, t);
      cache.set(k, v, { ttl: life, tags: t === undefined ? undefined : [t] });
    }),
  ),
  key.map((k) =>
    operation(`get(${k})`, (model, { cache }) => {
      const expected = model.live(k) ? model.held.get(k)?.value : undefined;
      model.touch(k);
      strictEqual(cache.get(k), expected);
    }),
  ),
  key.map((k) =>
    operation(`peek and has(${k})`, (model, { cache }) => {
      const live = model.live(k);
      strictEqual(cache.has(k), live);
      strictEqual(cache.peek(k), live ? model.held.get(k)?.value : undefined);
    }),
  ),
  key.map((k) =>
    operation(`delete(${k})`, (model, { cache }) => {
      const live = model.live(k);
      if (live) model.remove(k, 'delete');
      strictEqual(cache.delete(k), live);
    }),
  ),
  fc.tuple(key, value).map(([k, v]) =>
    operation(`getOrCompute(${k}, ${v})`, (model, { cache }) => {
      const live = model.live(k);
      if (live) model.touch(k);
      else model.set(k, v, TTL, undefined);
      strictEqual(
        cache.getOrCompute(k, () => v),
        model.held.get(k)?.value,
      );
    }),
  ),
  fc.constantFrom('x', 'y').map((t) =>
    operation(`invalidateTag(${t})`, (model, { cache, removed }) => {
      const tagged = [...model.held].filter(([, entry]) => entry.tag === t).map(([k]) => k);
      for (const k of tagged) model.remove(k, 'delete');
      strictEqual(cache.invalidateTag(t), tagged.length);
      model.removed.sort();
      removed.sort();
    }),
  ),
  fc.constantFrom(0, 1, 998, 1000, 1999, 2000, 5000, 86_400_000).map((ms) =>
    operation(`advance(${ms})`, (model, { clock }) => {
      model.now += ms;
      // A day is 86,400 ticks; that the time jumps is as good a test.
      if (ms < 10_000) clock.advance(ms);
      else clock.advanceAtOnce(ms);
    }),
  ),
  fc.constant(
    operation('entries', (model, { cache }) => {
      const live = [...model.held.keys()].filter((k) => model.live(k));
      deepStrictEqual(
        [...cache],
        live.map((k) => [k, model.held.get(k)?.value]),
      );
    }),
  ),
  fc.constant(
    operation('clear', (model, { cache }) => {
      if (model.held.size < MAX) return;
      for (const k of model.held.keys()) model.remove(k, 'clear');
      cache.clear();
    }),
  ),
];

test('behaves as an exact LRU with a time to live does, in 100,000 operations and more', () => {
  operations = 0;
  fc.assert(
    fc.property(fc.commands(commands, { maxCommands: 1000, size: 'max' }), (run) => {
      const setup = (): { model: Model; real: Real } => {
        const clock = new ManualClock();
        const removed: string[] = [];
        const onRemove = (k: number, v: number, reason: RemoveReason): void => void removed.push(`${reason} ${k}=${v}`);
        const cache = new TtlLruCache<number, number>({
          maxSize: MAX,
          ttl: TTL,
          clock,
          sweepInterval: SWEEP,
          onRemove,
        });
        return { model: new Model(), real: { cache, clock, removed } };
      };
      fc.modelRun(setup, run);
    }),
    { numRuns: 300, seed: 20_261_123 },
  );
  expect(operations).toBeGreaterThanOrEqual(100_000);
}, 120_000);
