/** One megabyte of anything, anywhere, ends soon: on a thread, so that a text without an end fails its test and not the suite. */
import { Worker } from 'node:worker_threads';

import { expect, test } from 'vitest';

import { hostileTexts } from './hostile-texts.ts';

const fixture = new URL('../fixtures/foreign-text.mjs', import.meta.url);
// What is linear takes a tenth of a second; what is quadratic takes minutes.
const guardMs = 20_000;

/** The text that an entry point did not end with in time; `undefined` where it ended with all. */
function stuckAt(entry: string, size: number): Promise<string | undefined> {
  const worker = new Worker(fixture, { workerData: { entry, texts: hostileTexts, size } });
  return new Promise<string | undefined>((resolve, reject) => {
    let at = 'the start';
    const stop = (): void => resolve(at);
    let timer = setTimeout(stop, guardMs);
    worker.on('message', (name: string) => {
      at = name;
      clearTimeout(timer);
      if (name === 'done') resolve(undefined);
      else timer = setTimeout(stop, guardMs);
    });
    worker.once('error', (error) => reject(new Error(`${at}: ${String(error)}`, { cause: error })));
  }).finally(() => worker.terminate());
}

const { entries } = (await import(fixture.href)) as { readonly entries: Readonly<Record<string, unknown>> };

test.each(Object.keys(entries))('%s', { timeout: 300_000 }, async (entry) => {
  expect(await stuckAt(entry, 1_000_000)).toBeUndefined();
});
