import { expect, test } from 'vitest';

import { definePhase, definePipeline, selectStrategy, type Phase, type Pipeline } from '../src/index.ts';

function pipeline(edges: Readonly<Record<string, readonly string[]>>, fanOut: readonly string[] = []): Pipeline {
  const made = new Map<string, Phase>();
  for (const [id, needs] of Object.entries(edges)) {
    const needed = Object.fromEntries(needs.map((need) => [need, made.get(need) as Phase]));
    const forEach = fanOut.includes(id) ? () => [{ key: 'a', value: 1 }] : undefined;
    made.set(id, definePhase({ id, kind: 'compute', needs: needed, forEach, run: () => id }) as Phase);
  }
  const last = definePhase({ id: 'last', kind: 'compute', needs: Object.fromEntries(made), run: () => 'last' });
  const result = [...made.values()].at(-1) as Phase;
  return definePipeline({
    id: 'p',
    version: '1',
    description: '',
    phases: result.fanOut ? [...made.values(), last] : [...made.values()],
    result: { phase: result.fanOut ? last : result, text: String },
  });
}

const wide = pipeline({ a: [], b: [], c: [], d: ['a', 'b', 'c'] });
const chain = pipeline({ a: [], b: ['a'], c: ['b'] });
const two = pipeline({ a: [], b: [] });
const widthTwo = pipeline({ a: [], b: ['a'], c: ['a'], d: ['b', 'c'] });
const fanned2 = pipeline({ a: [] }, ['a']);
const fanned = pipeline({ a: [], b: ['a'] }, ['b']);

test.each([
  ['off wins over everything', { pipeline: wide, optimized: false, maxWorkers: 8, broker: 'reachable' }, 'standard', 1],
  ['three independent phases', { pipeline: wide, optimized: true, maxWorkers: 8 }, 'parallel', 8],
  ['width 2 with more than 2 phases', { pipeline: widthTwo, optimized: true, maxWorkers: 4 }, 'parallel', 4],
  ['a chain', { pipeline: chain, optimized: true, maxWorkers: 8 }, 'sequential', 1],
  [
    'two phases, though independent',
    { pipeline: two, optimized: true, maxWorkers: 8, broker: 'reachable' },
    'sequential',
    1,
  ],
  ['a forEach phase in a chain', { pipeline: fanned, optimized: true, maxWorkers: 8 }, 'parallel', 8],
  ['a forEach phase and one more', { pipeline: fanned2, optimized: true, maxWorkers: 8 }, 'parallel', 8],
  ['concurrency 1', { pipeline: wide, optimized: true, maxWorkers: 1, broker: 'reachable' }, 'sequential', 1],
  ['a broker', { pipeline: wide, optimized: true, maxWorkers: 8, broker: 'reachable' }, 'distributed', 8],
  [
    'a broker that can not be reached',
    { pipeline: wide, optimized: true, maxWorkers: 8, broker: 'unreachable' },
    'parallel',
    8,
  ],
] as const)('%s', (_, input, name, workers) => {
  expect(selectStrategy(input)).toEqual({ name, workers, reason: expect.stringMatching(/\S/) });
});

test('the reason names the phases that are independent', () => {
  expect(selectStrategy({ pipeline: wide, optimized: true, maxWorkers: 8 }).reason).toBe(
    '3 phases are independent (a, b, c)',
  );
  expect(selectStrategy({ pipeline: fanned, optimized: true, maxWorkers: 8 }).reason).toBe(
    'phase b fans out into independent tasks',
  );
  expect(selectStrategy({ pipeline: wide, optimized: true, maxWorkers: 8, broker: 'unreachable' }).reason).toContain(
    'the broker can not be reached',
  );
});
