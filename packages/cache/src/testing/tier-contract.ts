import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict';

import type { JsonValue } from '../json.ts';
import type { Tier, TierEntry } from '../tiers/tier.ts';

/** One promise of a contract. */
export interface ContractCase {
  /** The promise, as a sentence. */
  readonly name: string;
  /** Rejects if it is not kept. */
  readonly run: () => Promise<void>;
}

/** A tier for one case. */
export interface MadeTier {
  /** The tier, empty. */
  readonly tier: Tier;
  /** The time that the tier goes by, in ms since 1970. */
  now(): number;
  /** Makes that time go on, if it can be made to. Without it the cases about time are about the past only. */
  advance?(milliseconds: number): void;
  /** Lets go of what was made. The tier has been closed by then. */
  dispose?(): void | Promise<void>;
}

const keys = [
  'a',
  '',
  ' ',
  '../../up',
  'C:\\con',
  'a/b',
  'é',
  'e\u0301',
  '🦊',
  '\ud800',
  '\ud801',
  'line\nfeed',
  '__proto__',
  'x'.repeat(5000),
];

const values: readonly JsonValue[] = [
  null,
  false,
  true,
  0,
  -1.5e-7,
  '',
  '🦊',
  '\ud800',
  [],
  {},
  [[], [null, 'a']],
  { b: 1, a: { c: ['d'] }, '': 0 },
  'long '.repeat(40_000),
];

/**
 * What every tier promises, as cases that any test runner can run. `make` makes an empty tier, anew for each case.
 *
 * @example
 * ```ts
 * import { memoryTier } from '@orc/cache';
 * import { tierContract } from '@orc/cache/testing';
 * import { test } from 'node:test';
 *
 * for (const { name, run } of tierContract(() => ({ tier: memoryTier(), now: Date.now }))) test(name, run);
 * ```
 */
export function tierContract(make: () => MadeTier | Promise<MadeTier>): readonly ContractCase[] {
  const withTier = (body: (tier: Tier, made: MadeTier) => Promise<void>) => async () => {
    const made = await make();
    try {
      await body(made.tier, made);
    } finally {
      await made.tier.close();
      await made.dispose?.();
    }
  };
  const cases: Record<string, (tier: Tier, made: MadeTier) => Promise<void>> = {
    'has a name': async (tier) => {
      ok(tier.name.length > 0);
    },
    'has nothing at first': async (tier) => {
      strictEqual(await tier.get('a'), undefined);
      strictEqual(await tier.delete('a'), false);
    },
    'gives back what it was given, with everything beside the value': async (tier, made) => {
      const now = made.now();
      const entry = {
        value: { a: [1] },
        storedAt: now - 5,
        expiresAt: now + 60_000,
        tags: ['x', 'y'],
        generations: { file: ['1', '2'] },
        meta: { why: 'test' },
      };
      await tier.set('a', entry);
      const found = await tier.get('a');
      deepStrictEqual(found && { ...found }, entry);
    },
    'keeps an entry that never expires': async (tier, made) => {
      await tier.set('a', entryOf(1, made.now(), Infinity));
      strictEqual((await tier.get('a'))?.value, 1);
    },
    'carries every JSON value': async (tier, made) => {
      for (const [index, value] of values.entries()) {
        await tier.set(`value-${index}`, entryOf(value, made.now()));
        deepStrictEqual((await tier.get(`value-${index}`))?.value, value);
      }
    },
    'takes any string as a key and confuses none': async (tier, made) => {
      for (const [index, key] of keys.entries()) await tier.set(key, entryOf(index, made.now()));
      for (const [index, key] of keys.entries()) strictEqual((await tier.get(key))?.value, index, JSON.stringify(key));
    },
    'replaces an entry whole': async (tier, made) => {
      await tier.set('a', { ...entryOf('old', made.now()), tags: ['t'], meta: { m: 1 } });
      await tier.set('a', entryOf('new', made.now()));
      const found = await tier.get('a');
      strictEqual(found?.value, 'new');
      deepStrictEqual(found.tags ?? [], []);
      strictEqual(found.meta, undefined);
    },
    'removes an entry and no other': async (tier, made) => {
      await tier.set('a', entryOf(1, made.now()));
      await tier.set('b', entryOf(2, made.now()));
      strictEqual(await tier.delete('a'), true);
      strictEqual(await tier.get('a'), undefined);
      strictEqual((await tier.get('b'))?.value, 2);
    },
    'removes everything': async (tier, made) => {
      for (const key of keys) await tier.set(key, entryOf(1, made.now()));
      await tier.clear();
      for (const key of keys) strictEqual(await tier.get(key), undefined);
      await tier.set('a', entryOf(2, made.now()));
      strictEqual((await tier.get('a'))?.value, 2);
    },
    'takes an entry that has expired already as a removal': async (tier, made) => {
      await tier.set('a', entryOf('old', made.now()));
      await tier.set('a', entryOf('late', made.now() - 10, made.now() - 1));
      strictEqual(await tier.get('a'), undefined);
    },
    'has no entry that has expired': async (tier, made) => {
      if (made.advance === undefined) return;
      await tier.set('a', entryOf(1, made.now(), made.now() + 1000));
      made.advance(999);
      strictEqual((await tier.get('a'))?.value, 1);
      made.advance(1);
      strictEqual(await tier.get('a'), undefined);
    },
    'survives many writes of one key at once with one of them': async (tier, made) => {
      const writes = Array.from({ length: 20 }, async (_, index) =>
        tier.set('a', entryOf({ index, pad: 'p'.repeat(2000) }, made.now())),
      );
      await Promise.all(writes);
      const value = (await tier.get('a'))?.value as { index: number } | undefined;
      ok(value !== undefined && value.index >= 0 && value.index < 20);
    },
    'reads many keys in one go, if it says so': async (tier, made) => {
      if (tier.getMany === undefined) return;
      await tier.set('a', entryOf(1, made.now()));
      await tier.set('b', entryOf(2, made.now()));
      const found = await tier.getMany(['a', 'missing', 'b']);
      deepStrictEqual([found.size, found.get('a')?.value, found.get('b')?.value], [2, 1, 2]);
    },
    'gives a lock to one at a time, if it has locks': async (tier) => {
      if (tier.lock === undefined) return;
      const first = await tier.lock('a');
      ok(first);
      const other = await tier.lock('b');
      ok(other);
      let secondHas = false;
      const waiting = tier.lock('a').then((lock) => {
        secondHas = true;
        return lock;
      });
      await other.release();
      strictEqual(secondHas, false);
      await first.release();
      const second = await waiting;
      ok(second);
      await first.release();
      await second.release();
      await second.release();
    },
    'ends the waiting for a lock with the reason of the signal': async (tier) => {
      if (tier.lock === undefined) return;
      const held = await tier.lock('a');
      const leaving = new AbortController();
      const waiting = tier.lock('a', { signal: leaving.signal });
      const reason = new Error('left');
      leaving.abort(reason);
      await rejects(waiting, reason);
      await held?.release();
    },
    'can be closed more than once': async (tier) => {
      await tier.close();
      await tier.close();
    },
  };
  return Object.entries(cases).map(([name, body]) => ({ name, run: withTier(body) }));
}

function entryOf(value: unknown, now: number, expiresAt: number = now + 60_000): TierEntry {
  return { value, storedAt: now, expiresAt };
}
