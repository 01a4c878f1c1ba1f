import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';

import fc from 'fast-check';
import { test } from 'vitest';

import { TtlLruCache } from '../src/index.ts';
import { ManualClock } from '../src/testing/index.ts';

type Step =
  | { readonly do: 'fill'; readonly from: number; readonly count: number; readonly ttl: number }
  | { readonly do: 'get'; readonly key: number }
  | { readonly do: 'delete'; readonly key: number }
  | { readonly do: 'advance'; readonly ms: number }
  | { readonly do: 'clear' };

const KEYS = 3000;
const key = fc.nat(KEYS - 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('get' as const), key }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), key }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('fill' as const),
      from: key,
      count: fc.constantFrom(1, 5, 700),
      ttl: fc.constantFrom(1, 900, 900, 1500, Infinity),
    }),
  },
  // A second is a tick and one millisecond is one slice: what happens between slices is what this is about.
  { weight: 6, arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.constantFrom(1, 500, 1000) }) },
  { weight: 1, arbitrary: fc.constant({ do: 'clear' as const }) },
);

test('whatever happens between the slices of a sweep, what lives stays in order and what does not leaves', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(1, 15, 17, 900, 900, KEYS),
      fc.array(step, { maxLength: 60, size: 'max' }),
      (maxSize, steps) => {
        const clock = new ManualClock();
        const cache = new TtlLruCache<number, number>({ maxSize, sweepInterval: 1000, clock });
        /** Key to expiry, from the least to the most recently used, those pushed out included. */
        const used = new Map<number, number>();
        const use = (each: number, expires: number): void => {
          used.delete(each);
          used.set(each, expires);
        };
        for (const each of steps) {
          if (each.do === 'fill') {
            for (let index = 0; index < each.count; index++) {
              const filled = (each.from + index * 7) % KEYS;
              cache.set(filled, filled, each.ttl);
              use(filled, clock.now() + each.ttl);
            }
          } else if (each.do === 'get') {
            const value = cache.get(each.key);
            if (value !== undefined) {
              const expires = used.get(each.key) ?? 0;
              strictEqual(value, each.key);
              ok(expires > clock.now());
              use(each.key, expires);
            }
          } else if (each.do === 'delete') {
            cache.delete(each.key);
            used.delete(each.key);
          } else if (each.do === 'clear') {
            cache.clear();
            used.clear();
            deepStrictEqual([cache.size, clock.pending], [0, 0]);
          } else clock.advance(each.ms);
          ok(cache.size <= maxSize);
        }
        const live = new Set(cache.keys());
        for (const each of live) ok((used.get(each) ?? 0) > clock.now());
        deepStrictEqual(
          [...live],
          [...used.keys()].filter((each) => live.has(each)),
        );
        clock.advance(10_000);
        const immortal = [...live].filter((each) => used.get(each) === Infinity);
        deepStrictEqual([...cache.keys()], immortal);
        deepStrictEqual([cache.size, clock.pending], [immortal.length, 0]);
      },
    ),
    { numRuns: 1000, seed: 20_261_126 },
  );
}, 60_000);
