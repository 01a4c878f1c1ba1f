import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { folderOfTest } from '../../../test-support/temporary-folder.ts';
import { fileTier } from '../src/file/index.ts';

/** How many bytes the entries in a folder have. */
function bytesIn(dir: string): number {
  const entries = join(dir, 'v1', 'entries');
  const files = readdirSync(entries, { recursive: true, encoding: 'utf8' }).map((name) =>
    statSync(join(entries, name)),
  );
  return files.reduce((sum, stats) => sum + (stats.isFile() ? stats.size : 0), 0);
}

test('a burst of writes in one turn, which leaves a sweep no time, stays within twice maxBytes', async () => {
  const dir = folderOfTest();
  const maxBytes = 200_000;
  const tier = fileTier<string>({ dir, maxBytes });
  let peak = 0;
  for (let index = 0; index < 200; index++) {
    void tier.set(`k${index}`, { value: 'x'.repeat(10_000), storedAt: Date.now(), expiresAt: Infinity });
    if (index % 20 === 0) peak = Math.max(peak, bytesIn(dir));
  }
  // One burst, and what a sweep has not looked at yet.
  expect(Math.max(peak, bytesIn(dir))).toBeLessThanOrEqual(2 * maxBytes);
  expect((await tier.get('k199'))?.value.length).toBe(10_000);
  await tier.close();
});

test('a key that is written again and again takes its place once', async () => {
  const dir = folderOfTest();
  const tier = fileTier<string>({ dir, maxBytes: 100_000 });
  void tier.set('kept', { value: 'kept', storedAt: Date.now(), expiresAt: Infinity });
  for (let index = 0; index < 50; index++) {
    void tier.set('same', { value: 'x'.repeat(10_000), storedAt: Date.now(), expiresAt: Infinity });
  }
  expect((await tier.get('kept'))?.value).toBe('kept');
  await tier.close();
});
