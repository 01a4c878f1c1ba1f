/** A megabyte of anything, anywhere, ends soon: on a thread, so that a text without an end fails its test and not the suite. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

import { afterAll, expect, test } from 'vitest';

import { attacks, hostileTexts, type HostileText } from './hostile-texts.ts';

const fixture = new URL('../fixtures/foreign-text.mjs', import.meta.url);
// What is linear takes a hundredth of this; what is quadratic takes minutes.
const guardMs = 20_000;
// A linear cost grows by 4 with the text, a quadratic one by 16.
const mostGrowth = 10;
/** Takes minutes: `ORC_FUZZ_LONG=1` asks for it, with a megabyte of every text everywhere. */
const long = process.env['ORC_FUZZ_LONG'] === '1';
const wholeSize = 1_000_000;

let worker: Worker | undefined;
afterAll(() => worker?.terminate());

interface Case {
  readonly entry: string;
  readonly hostile: HostileText;
  readonly size: number;
}

/** By how much the cost of a text grows while it grows by four; `Infinity` where there was no end in time. */
async function growthOf(one: Case, withinMs: number): Promise<number> {
  const used = (worker ??= new Worker(fixture, { workerData: 'foreign text' }));
  used.postMessage(one);
  const tooLong = AbortSignal.timeout(withinMs);
  try {
    const [growth] = (await once(used, 'message', { signal: tooLong })) as [number];
    return growth;
  } catch (error) {
    worker = undefined;
    await used.terminate();
    if (tooLong.aborted) return Number.POSITIVE_INFINITY;
    throw error;
  }
}

/** The texts that an entry point does not end with in time, or whose cost grows faster than they do. */
async function slowOf(entry: string, names: readonly string[], size: number, withinMs = guardMs): Promise<string[]> {
  const slow: string[] = [];
  for (const name of names) {
    const growth = await growthOf({ entry, hostile: hostileTexts[name] as HostileText, size }, withinMs);
    if (growth > mostGrowth) slow.push(name);
  }
  return slow;
}

const { entries } = (await import(fixture.href)) as { readonly entries: Readonly<Record<string, unknown>> };

test.runIf(long).each(Object.keys(entries))('%s: linear on all texts', { timeout: 600_000 }, async (entry) => {
  expect(await slowOf(entry, Object.keys(hostileTexts), wholeSize)).toEqual([]);
});

test.runIf(long).each(Object.entries(attacks))(
  '%s: a megabyte of what is hardest',
  { timeout: 600_000 },
  async (entry, names) => {
    expect(Object.keys(entries)).toContain(entry);
    expect(await slowOf(entry, names, 1_000_000)).toEqual([]);
  },
);

test('a cost that grows as the square is found', { timeout: 120_000 }, async () => {
  expect(await slowOf('the square of a length', ['letters'], 20_000)).toEqual(['letters']);
});

test('what has no end fails, and the next text gets a thread of its own', { timeout: 120_000 }, async () => {
  expect(await slowOf('no end', ['letters', 'digits'], 1000, 300)).toEqual(['letters', 'digits']);
  expect(await slowOf('a template', ['letters'], 1000)).toEqual([]);
});
