import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { digest, type JsonValue } from '@orc/cache';
import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../../test-support/temporary-folder.ts';
import type { StagedFile } from '../../src/session/session-port.ts';
import { codeOf, planParts, record, testStore } from './support.ts';

const text = 'a page\n'.repeat(20_000);

test('an output that was staged is the output of its record: a text, JSON, and a small one', async () => {
  using folder = temporaryFolder();
  const store = testStore(folder.dir);
  const session = await store.create(planParts);
  const outputs: Record<string, JsonValue> = { text, json: { pages: [text] }, small: { a: [1, null] } };
  for (const [task, output] of Object.entries(outputs))
    await session.append(record(task, output), { staged: session.stage(output) });
  await session.close();
  const { records } = await store.read(session.id);
  expect(Object.fromEntries([...records].map(([task, { output }]) => [task, output]))).toEqual(outputs);
});

test('a large output is being written before its record is there, and nothing of it stays without one', async () => {
  using folder = temporaryFolder();
  const session = await testStore(folder.dir).create(planParts);
  session.stage(text);
  expect(await readdir(join(session.dir, 'tmp'))).toHaveLength(1);
  await session.close();
  expect(await readdir(join(session.dir, 'outputs'))).toEqual([]);
  expect(await readdir(session.dir)).not.toContain('tmp');
});

test('outputs that are equal are staged apart and kept once', async () => {
  using folder = temporaryFolder();
  const session = await testStore(folder.dir).create(planParts);
  const staged = ['a', 'b', 'c'].map((task) => ({ task, staged: session.stage(text) }));
  await Promise.all(staged.map(({ task, ...options }) => session.append(record(task, text), options)));
  expect(await readdir(join(session.dir, 'tmp'))).toEqual([]);
  expect(await readdir(join(session.dir, 'outputs'))).toEqual([digest(text)]);
  await session.close();
});

test('what kept an output from being written is told when its record is appended, and its file of before stays', async () => {
  using folder = temporaryFolder();
  const session = await testStore(folder.dir).create(planParts);
  await session.append(record('before', text));
  // A file where the folder of temporary files was: nothing can be written there.
  await rm(join(session.dir, 'tmp'), { recursive: true });
  await writeFile(join(session.dir, 'tmp'), '');
  const staged = session.stage(text) as StagedFile;
  expect(staged.temp).toBeUndefined();
  expect(await codeOf(session.append(record('a', text), { staged }))).toBe('ERR_ORC_SESSION_CORRUPT');
  expect(await readdir(join(session.dir, 'outputs'))).toEqual([digest(text)]);
  await session.close();
});

test('a session that is closed stages nothing', async () => {
  using folder = temporaryFolder();
  const session = await testStore(folder.dir).create(planParts);
  await session.close();
  const staged = session.stage(text);
  expect(await readdir(session.dir)).not.toContain('tmp');
  expect(await codeOf(session.append(record('a', text), { staged }))).toBe('ERR_ORC_SESSION_CLOSED');
});

test('a record whose file never got to the disk counts as not done', async () => {
  using folder = temporaryFolder();
  const store = testStore(folder.dir);
  const session = await store.create(planParts);
  await session.append(record('a', text), { staged: session.stage(text) });
  await session.append(record('b'));
  await session.close();
  await rm(join(session.dir, 'outputs', digest(text)));
  await using again = await store.open(session.id);
  expect([...again.completed.keys()]).toEqual(['b']);
  await again.append(record('a', text));
  expect(await readdir(join(session.dir, 'outputs'))).toEqual([digest(text)]);
});

test('an output of a session whose folder was taken away is refused by what is known of the lock', async () => {
  using folder = temporaryFolder();
  const session = await testStore(folder.dir).create(planParts);
  await rm(session.dir, { recursive: true });
  await expect(session.append(record('a', text), { staged: session.stage(text) })).rejects.toThrow('its lock is gone');
  await session.close();
});

test('a hit waits for no flush of its large output; the end of the session does', async () => {
  using folder = temporaryFolder();
  const store = testStore(folder.dir);
  const session = await store.create(planParts);
  const staged = session.stage(text) as StagedFile;
  let flushed = false;
  const held = staged.flushed.then(() => {
    flushed = true;
  });
  await session.append(record('hit', text), { durable: false, staged: { ...staged, flushed: held } });
  expect(flushed).toBe(false);
  await session.finish('succeeded');
  expect(flushed).toBe(true);
  expect((await store.read(session.id)).records.get('hit')?.output).toBe(text);
});
