import { cp, mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { digest, type JsonValue } from '@orc/cache';
import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../../test-support/temporary-folder.ts';
import { FakeProcesses, StillClock, codeOf, planParts, record, skippedRecord, testStore } from './support.ts';

test('what was recorded is there again after the process has died', async () => {
  using folder = temporaryFolder();
  const processes = new FakeProcesses();
  await using session = await testStore(folder.dir, { processes }).create(planParts);
  const usage = { inputTokens: 10, cachedInputTokens: 2, outputTokens: 30 };
  const full = {
    ...record('plot', { chapters: ['é', '😀', '\u2028', '"\n'] }),
    usage,
    costUsd: null,
    threadId: 3,
    worker: 'w',
    artifacts: [],
  };
  await session.append(full);
  await session.append(skippedRecord('chapter[c01]'));
  // No close: the process is gone, and another one has a pid of its own.
  processes.starts.delete(100);
  processes.starts.set(200, 'b');
  const store = testStore(folder.dir, { processes, pid: 200 });
  expect((await store.read(session.id)).summary.status).toBe('interrupted');
  await using again = await store.open(session.id);
  expect([...again.completed]).toEqual([
    ['plot', full],
    ['chapter[c01]', skippedRecord('chapter[c01]')],
  ]);
  expect(again.plan).toEqual(session.plan);
});

test('an output of more than 64 KB has a file of its own, and one file for equal outputs', async () => {
  using folder = temporaryFolder();
  const store = testStore(folder.dir);
  const session = await store.create(planParts);
  const large = 'é'.repeat(40_000);
  await Promise.all([
    session.append(record('a', large)),
    session.append(record('b', large)),
    session.append(record('c', 'x'.repeat(65_534))),
  ]);
  await session.close();
  expect(await readdir(join(session.dir, 'outputs'))).toHaveLength(1);
  expect((await stat(join(session.dir, 'journal.ndjson'))).size).toBeLessThan(70_000);
  const { records, summary } = await store.read(session.id);
  expect(['a', 'b', 'c'].map((task) => records.get(task)?.output)).toEqual([large, large, 'x'.repeat(65_534)]);
  expect(summary.bytes).toBeGreaterThan(140_000);
});

test('a large output comes back as it was: a text as it is, other values as JSON with their members in order', async () => {
  using folder = temporaryFolder();
  const store = testStore(folder.dir);
  const session = await store.create(planParts);
  const text = 'line "one"\n'.repeat(7000);
  const outputs: Record<string, JsonValue> = {
    text,
    lone: `\uD800${text}`,
    escaped: '\u0001'.repeat(20_000),
    one: { a: text, b: 1 },
    // The same digest, and not the same JSON.
    other: { b: 1, a: text },
  };
  for (const [task, output] of Object.entries(outputs)) await session.append(record(task, output));
  await session.close();
  const files = await readdir(join(session.dir, 'outputs'));
  expect(files).toHaveLength(5);
  // For people to read, too.
  expect(await readFile(join(session.dir, 'outputs', digest(text)), 'utf8')).toBe(text);
  const { records } = await store.read(session.id);
  expect(Object.keys(outputs).map((task) => JSON.stringify(records.get(task)?.output))).toEqual(
    Object.values(outputs).map((output) => JSON.stringify(output)),
  );
});

test.each([
  ['text', 'x'.repeat(70_000), 'y'.repeat(70_000)],
  ['JSON', { text: 'x'.repeat(70_000) }, JSON.stringify({ text: 'y'.repeat(70_000) })],
])('a task whose output file is damaged counts as not done: %s', async (_, output, damaged) => {
  using folder = temporaryFolder();
  const store = testStore(folder.dir);
  const session = await store.create(planParts);
  await session.append(record('a', output));
  await session.append(record('b'));
  await session.close();
  const [name] = await readdir(join(session.dir, 'outputs'));
  await writeFile(join(session.dir, 'outputs', name ?? ''), damaged);
  await using again = await store.open(session.id);
  expect([...again.completed.keys()]).toEqual(['b']);
});

test('a copied folder is a session of its own, on another machine under another name', async () => {
  using folder = temporaryFolder();
  using other = temporaryFolder();
  const session = await testStore(folder.dir).create(planParts);
  await session.append(record('plot'));
  await session.writeArtifact('book/all.md', '# Book');
  await session.close();
  await mkdir(join(other.dir, 'sessions'), { recursive: true });
  await cp(session.dir, join(other.dir, 'sessions', 'copied'), { recursive: true });
  const store = testStore(other.dir, { hostname: 'host-b' });
  await using copy = await store.open('copied');
  expect(copy.id).toBe('copied');
  expect([...copy.completed.keys()]).toEqual(['plot']);
  expect(await readFile(join(copy.artifactsDir, 'book/all.md'), 'utf8')).toBe('# Book');
  const all = await readFile(join(session.dir, 'plan.json'), 'utf8');
  expect(all).not.toContain(folder.dir);
});

test('everything of a session is for its owner alone', async () => {
  using folder = temporaryFolder();
  const session = await testStore(join(folder.dir, 'deep', 'data')).create(planParts);
  await session.append(record('a', 'x'.repeat(70_000)));
  await session.writeArtifact('x/y.md', 'text');
  await session.writeReport({ schema: 'orc.report/1' });
  const modes = new Set<string>();
  for (const name of ['', ...(await readdir(session.dir, { recursive: true }))]) {
    const found = await stat(join(session.dir, name));
    modes.add(`${found.isDirectory() ? 'folder' : 'file'} ${(found.mode & 0o777).toString(8)}`);
  }
  await session.close();
  expect([...modes].toSorted()).toEqual(process.platform === 'win32' ? expect.anything() : ['file 600', 'folder 700']);
});

test('a closed session takes nothing more, and closing twice is once', async () => {
  using folder = temporaryFolder();
  const clock = new StillClock();
  const session = await testStore(folder.dir, { clock }).create(planParts);
  const late = session.append(record('a'));
  await Promise.all([session.close(), session.close()]);
  await late;
  expect(await codeOf(session.append(record('b')))).toBe('ERR_ORC_SESSION_CLOSED');
  expect(await codeOf(session.finish('succeeded'))).toBe('ERR_ORC_SESSION_CLOSED');
  expect(await readdir(session.dir)).not.toContain('lock');
  expect(clock.timers).toBe(0);
});

test('an id that is taken, or is none, is refused; a made one is tried again', async () => {
  using folder = temporaryFolder();
  const ids = ['one', 'one', 'two'];
  const store = testStore(folder.dir, { ids: () => ids.shift() ?? 'none' });
  await using first = await store.create(planParts);
  await using second = await store.create(planParts);
  expect([first.id, second.id]).toEqual(['one', 'two']);
  expect(await codeOf(store.create(planParts, { id: 'one' }))).toBe('ERR_ORC_SESSION_EXISTS');
  expect(await codeOf(store.create(planParts, { id: '../x' }))).toBe('ERR_ORC_OPTION');
  expect(await codeOf(store.open('../x'))).toBe('ERR_ORC_SESSION_NOT_FOUND');
  expect(await codeOf(store.open('three'))).toBe('ERR_ORC_SESSION_NOT_FOUND');
  expect(await readdir(join(folder.dir, 'sessions'))).toEqual(['one', 'two']);
});

test('a data folder that cannot be written is told before anything runs', async () => {
  using folder = temporaryFolder();
  await writeFile(join(folder.dir, 'file'), '');
  expect(await codeOf(testStore(join(folder.dir, 'file')).create(planParts))).toBe('ERR_ORC_DATA_DIR');
});
