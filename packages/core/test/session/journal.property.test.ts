import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../../test-support/temporary-folder.ts';
import { decodeRecord, encodeRecord } from '../../src/session/journal-record.ts';
import type { JournalRecord, TaskLine } from '../../src/session/journal-record.ts';
import { lastRecord, readJournal } from '../../src/session/journal-reader.ts';
import { codeOf, planParts, record, testStore } from './support.ts';

const output = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as TaskLine['output']);
const line: fc.Arbitrary<TaskLine> = fc
  .tuple(fc.string({ unit: 'binary', minLength: 1 }), output)
  .map(
    ([task, value]) => JSON.parse(JSON.stringify({ type: 'task', at: 1, ...record(task, value ?? null) })) as TaskLine,
  );

const header: JournalRecord = { type: 'header', schema: 'orc.journal/1', session: 's', at: 0 };

test('a record is the same after it was written and read', () => {
  fc.assert(
    fc.property(line, (one) => {
      const text = encodeRecord(one);
      expect(text.indexOf('\n')).toBe(text.length - 1);
      expect(JSON.parse(text)).toMatchObject({ type: 'task' });
      expect(decodeRecord(Buffer.from(text).toString('utf8').slice(0, -1))).toEqual(one);
    }),
    { numRuns: 300 },
  );
});

test('a journal that ends anywhere holds exactly the records that are whole', () => {
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 6 }), fc.nat(), (lines, at) => {
      const texts = [header, ...lines].map((one) => Buffer.from(encodeRecord(one)));
      const bytes = Buffer.concat(texts);
      const cut = at % (bytes.length + 1);
      let whole = 0;
      let end = 0;
      for (const text of texts) {
        if (end + text.length > cut) break;
        end += text.length;
        whole += 1;
      }
      const content = readJournal(bytes.subarray(0, cut), 's');
      const expected = new Map(lines.slice(0, Math.max(0, whole - 1)).map((one) => [one.task, one]));
      expect(content.wholeBytes).toBe(end);
      expect(content.damaged).toBe(0);
      expect(content.tasks).toEqual(expected);
      expect(content.header).toBe(whole > 0);
    }),
    { numRuns: 300 },
  );
});

test('one changed byte costs at most the records of the lines it touches', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(line, { minLength: 2, maxLength: 6, selector: ({ task }) => task }),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (lines, at, change) => {
        const bytes = Buffer.concat(lines.map((one) => Buffer.from(encodeRecord(one))));
        const offset = at % bytes.length;
        bytes[offset] = (bytes[offset] ?? 0) ^ change;
        const { tasks } = readJournal(bytes, 's');
        expect(tasks.size).toBeGreaterThanOrEqual(lines.length - 2);
        for (const [task, found] of tasks) expect(found).toEqual(lines.find((one) => one.task === task));
      },
    ),
    { numRuns: 300 },
  );
});

test('a torn tail is cut off before anything is appended', async () => {
  using folder = temporaryFolder();
  const store = testStore(folder.dir);
  const session = await store.create(planParts);
  await session.append(record('a'));
  await session.append(record('b'));
  await session.close();
  const path = join(session.dir, 'journal.ndjson');
  const whole = await readFile(path);
  const file = await open(path, 'r+');
  await file.truncate(whole.length - 20);
  await file.close();
  const again = await store.open(session.id);
  expect([...again.completed.keys()]).toEqual(['a']);
  await again.append(record('b', 'again'));
  await again.close();
  const text = await readFile(path, 'utf8');
  expect(
    text
      .split('\n')
      .slice(0, -1)
      .every((one) => decodeRecord(one) !== undefined),
  ).toBe(true);
  expect((await store.read(session.id)).records.get('b')?.output).toBe('again');
});

test('a damaged line in the middle is passed over, and what follows it is kept', async () => {
  using folder = temporaryFolder();
  const store = testStore(folder.dir);
  const session = await store.create(planParts);
  for (const task of ['a', 'b', 'c']) await session.append(record(task));
  await session.close();
  const path = join(session.dir, 'journal.ndjson');
  const lines = (await readFile(path, 'utf8')).split('\n');
  lines[2] = (lines[2] ?? '').replace('output of b', 'output of B');
  await writeFile(path, lines.join('\n'));
  await using again = await store.open(session.id);
  expect([...again.completed.keys()]).toEqual(['a', 'c']);
});

test('a later format is refused, and left as it is', async () => {
  using folder = temporaryFolder();
  const store = testStore(folder.dir);
  const session = await store.create(planParts);
  await session.close();
  const journal = join(session.dir, 'journal.ndjson');
  await writeFile(journal, '{"sum":"?","schema":"orc.journal/2"}\n');
  expect(await codeOf(store.open(session.id))).toBe('ERR_ORC_SESSION_VERSION');
  expect(await codeOf(store.read(session.id))).toBe('ERR_ORC_SESSION_VERSION');
  expect(await readFile(journal, 'utf8')).toBe('{"sum":"?","schema":"orc.journal/2"}\n');
  const plan = join(session.dir, 'plan.json');
  await writeFile(plan, (await readFile(plan, 'utf8')).replace('orc.plan/1', 'orc.plan/99'));
  await expect(store.open(session.id)).rejects.toThrow('`orc.plan/1` or older, got `orc.plan/99`');
  await writeFile(plan, '{');
  expect(await codeOf(store.open(session.id))).toBe('ERR_ORC_SESSION_CORRUPT');
  expect(await store.list()).toEqual([]);
});

test('the last record is found in the last bytes', () => {
  const bytes = Buffer.from(
    `${encodeRecord(header)}${encodeRecord({ type: 'end', at: 5, status: 'succeeded', tasks: 1 })}`,
  );
  expect(lastRecord(bytes)).toMatchObject({ type: 'end' });
  expect(lastRecord(bytes.subarray(0, -1))).toBeUndefined();
  expect(lastRecord(bytes.subarray(-10))).toBeUndefined();
});
