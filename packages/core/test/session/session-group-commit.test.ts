import { statSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../../test-support/temporary-folder.ts';
import { Flusher } from '../../src/session/flusher.ts';
import { encodeRecord } from '../../src/session/journal-record.ts';
import { JournalWriter } from '../../src/session/journal-writer.ts';
import { readJournal } from '../../src/session/journal-reader.ts';
import { record } from './support.ts';

test('records that come together are flushed together, in the order of the calls', async () => {
  using folder = temporaryFolder();
  const path = join(folder.dir, 'journal');
  const writer = await JournalWriter.open(path, { wholeBytes: 0 }, new Flusher(), () => undefined);
  await Promise.all(
    Array.from({ length: 100 }, (_, index) =>
      writer.append(encodeRecord({ type: 'task', at: index, ...record(`t${index}`) })),
    ),
  );
  expect(writer.flushes).toBeLessThanOrEqual(2);
  await writer.close();
  expect([...readJournal(await readFile(path), 's').tasks.keys()]).toEqual(
    Array.from({ length: 100 }, (_, index) => `t${index}`),
  );
});

test('on a disk that is flushed on the spot, what ends in one turn of the loop is flushed together', async () => {
  using folder = temporaryFolder();
  // Each flush takes no time.
  const flusher = new Flusher({ here: () => undefined, there: () => Promise.resolve(), now: () => 0 });
  for (let flush = 0; flush < 3; flush += 1) await flusher.flush(0, 1);
  expect(flusher.onTheSpot).toBe(true);
  const writer = await JournalWriter.open(join(folder.dir, 'journal'), { wholeBytes: 0 }, flusher, () => undefined);
  const appended: Promise<void>[] = [];
  // Callbacks of one turn, each with its own microtasks after it, as tasks that end together have them.
  await new Promise<void>((resolve) => {
    for (let index = 0; index < 16; index += 1) {
      setImmediate(() => {
        appended.push(writer.append(encodeRecord({ type: 'task', at: 0, ...record(`t${index}`) })));
        if (index === 15) resolve();
      });
    }
  });
  await Promise.all(appended);
  expect(writer.flushes).toBe(1);
  await writer.close();
});

test('a record that rides along costs no flush, and goes before those that came later', async () => {
  using folder = temporaryFolder();
  const path = join(folder.dir, 'journal');
  const writer = await JournalWriter.open(path, { wholeBytes: 0 }, new Flusher(), () => undefined);
  for (let index = 0; index < 50; index += 1)
    writer.ride(encodeRecord({ type: 'task', at: 0, ...record(`hit${index}`) }));
  await new Promise((resolve) => setImmediate(resolve));
  expect(writer.flushes).toBe(0);
  // In the file already: the death of the process would not lose it.
  expect(readJournal(await readFile(path), 's').tasks.size).toBe(50);
  writer.ride(encodeRecord({ type: 'task', at: 0, ...record('last hit') }));
  await writer.append(encodeRecord({ type: 'task', at: 0, ...record('work') }));
  expect(writer.flushes).toBe(1);
  expect([...readJournal(await readFile(path), 's').tasks.keys()].slice(-2)).toEqual(['last hit', 'work']);
  await writer.close();
});

test('after a write has failed nothing more is called durable', async () => {
  using folder = temporaryFolder();
  const broken = new Error('no space');
  let fail = false;
  const writer = await JournalWriter.open(join(folder.dir, 'journal'), { wholeBytes: 0 }, new Flusher(), () => {
    if (fail) throw broken;
  });
  await writer.append(encodeRecord({ type: 'open', at: 0 }));
  fail = true;
  await expect(writer.append(encodeRecord({ type: 'open', at: 1 }))).rejects.toBe(broken);
  fail = false;
  await expect(writer.append(encodeRecord({ type: 'open', at: 2 }))).rejects.toBe(broken);
  expect(() => writer.ride(encodeRecord({ type: 'open', at: 3 }))).toThrow(broken);
  await writer.close();
});

test.skipIf(process.platform === 'win32')('records of one moment may be more than one text can hold', async () => {
  const flushed: number[] = [];
  const flusher = new Flusher({ here: () => undefined, there: () => Promise.resolve(), now: () => 0 });
  const flush = flusher.flush.bind(flusher);
  flusher.flush = (file, bytes) => {
    flushed.push(bytes);
    return flush(file, bytes);
  };
  const writer = new JournalWriter(await open('/dev/null', 'a'), { wholeBytes: 0 }, flusher, () => undefined);
  const line = `${'é'.repeat(2 ** 20)}\n`;
  for (let index = 0; index < 520; index += 1) writer.ride(line);
  await writer.append('the last\n');
  expect(flushed).toEqual([520 * (2 ** 21 + 1) + 9]);
  await writer.close();
});

test('records of one turn of the loop are not held for its end where they are much together', async () => {
  using folder = temporaryFolder();
  const path = join(folder.dir, 'journal');
  const flusher = new Flusher({ here: () => undefined, there: () => Promise.resolve(), now: () => 0 });
  for (let flush = 0; flush < 3; flush += 1) await flusher.flush(0, 1);
  const writer = await JournalWriter.open(path, { wholeBytes: 0 }, flusher, () => undefined);
  const line = `${'x'.repeat(2 ** 16)}\n`;
  const written: number[] = [];
  for (let index = 0; index < 64; index += 1) {
    writer.ride(line);
    // No turn of the loop ends here.
    for (let step = 0; step < 10; step += 1) await Promise.resolve();
    written.push(statSync(path).size / line.length);
  }
  expect(Math.max(...written.map((count, index) => index + 1 - count))).toBeLessThanOrEqual(16);
  expect(written[0]).toBe(0);
  await writer.close();
  expect(statSync(path).size).toBe(64 * line.length);
});
