import { cp, mkdir, readFile, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { JsonObject } from '@orc/cache';
import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../../test-support/temporary-folder.ts';
import { buildReport } from '../../src/report/report-builder.ts';
import { isSessionId, newSessionId } from '../../src/session/session-id.ts';
import { createSessionStore } from '../../src/session/session-store.ts';
import { FakeProcesses, StillClock, codeOf, planParts, record, testStore } from './support.ts';

test('session ids sort by age and are short', () => {
  const now = Date.UTC(2026, 10, 23, 19, 15, 0);
  expect(newSessionId(now, () => 0.6)).toBe('20261123-191500-kkkk');
  expect([newSessionId(now + 1000, () => 0), newSessionId(now, () => 0.999)].toSorted()[0]).toBe(
    '20261123-191500-zzzz',
  );
  expect(['', '.x', 'a/b', '..', 'x.', 'a b', 'x'.repeat(81)].filter((id) => isSessionId(id))).toEqual([]);
});

test('the list shows every session, newest first, with its state', async () => {
  using folder = temporaryFolder();
  const clock = new StillClock();
  const processes = new FakeProcesses();
  const store = testStore(folder.dir, { clock, processes });
  expect(await store.list()).toEqual([]);
  expect(await store.latest()).toBeUndefined();
  for (const status of ['succeeded', 'failed', 'cancelled'] as const) {
    const session = await store.create(planParts, { id: status });
    await session.append(record('a'));
    clock.advance(1000);
    await session.finish(status, { code: 'ERR_X', message: 'why' });
  }
  const interrupted = await store.create(planParts, { id: 'interrupted' });
  await interrupted.close();
  clock.advance(1000);
  await using running = await store.create(planParts, { id: 'running' });
  await running.append(record('a'));
  await mkdir(join(folder.dir, 'sessions', 'not-a-session'));
  await writeFile(join(folder.dir, 'sessions', 'file'), '');
  // Nor what is damaged, in any way.
  for (const [id, plan] of Object.entries({
    garbage: 'garbage',
    hollow: '{"schema":"orc.plan/1","createdAt":1,"pipeline":{},"request":{},"model":{}}',
    nothing: '{"schema":"orc.plan/1","createdAt":1,"pipeline":null,"request":null,"model":null}',
  })) {
    await mkdir(join(folder.dir, 'sessions', id));
    await writeFile(join(folder.dir, 'sessions', id, 'plan.json'), plan);
    expect(await codeOf(store.open(id))).toBe('ERR_ORC_SESSION_CORRUPT');
  }
  await cp(join(folder.dir, 'sessions', 'failed'), join(folder.dir, 'sessions', 'folder'), { recursive: true });
  await rm(join(folder.dir, 'sessions', 'folder', 'journal.ndjson'));
  await mkdir(join(folder.dir, 'sessions', 'folder', 'journal.ndjson'));
  expect(await codeOf(store.open('folder'))).toBe('ERR_ORC_SESSION_CORRUPT');
  expect(Object.fromEntries((await store.unreadable()).map(({ id, error }) => [id, error.code]))).toEqual({
    garbage: 'ERR_ORC_SESSION_CORRUPT',
    hollow: 'ERR_ORC_SESSION_CORRUPT',
    nothing: 'ERR_ORC_SESSION_CORRUPT',
    folder: 'ERR_ORC_SESSION_CORRUPT',
  });
  const list = await store.list();
  expect(list.map(({ id, status, tasksDone }) => [id, status, tasksDone])).toEqual([
    ['running', 'running', 1],
    ['interrupted', 'interrupted', 0],
    ['cancelled', 'cancelled', 1],
    ['failed', 'failed', 1],
    ['succeeded', 'succeeded', 1],
  ]);
  expect(await store.latest()).toEqual(list[0]);
  expect(list[4]).toMatchObject({
    request: 'a story about space',
    model: 'offline/scribe',
    updatedAt: clock.now() - 3000,
    pipeline: planParts.pipeline,
  });
});

test('a session that ended keeps its status when it is opened, until something is recorded', async () => {
  using folder = temporaryFolder();
  const store = testStore(folder.dir);
  const session = await store.create(planParts);
  await session.finish('failed');
  const journal = join(session.dir, 'journal.ndjson');
  const before = await readFile(journal);
  const looked = await store.open(session.id);
  expect((await store.latest())?.status).toBe('running');
  await looked.close();
  expect((await store.latest())?.status).toBe('failed');
  expect(await readFile(journal)).toEqual(before);
  const again = await store.open(session.id);
  await again.append(record('a'));
  await again.close();
  expect((await store.latest())?.status).toBe('interrupted');
});

test('a report and notes do not disturb the tasks', async () => {
  using folder = temporaryFolder();
  const store = testStore(folder.dir);
  const session = await store.create(planParts);
  await session.note('strategy', { name: 'sequential' });
  await session.append(record('a'), { durable: false });
  const report = buildReport([]);
  await session.writeReport(report as unknown as JsonObject);
  await session.finish('succeeded');
  const read = await store.read(session.id);
  expect([...read.records.keys()]).toEqual(['a']);
  expect(read.report).toEqual(JSON.parse(JSON.stringify(report)));
});

test('old sessions are pruned, running ones and young ones are not', async () => {
  using folder = temporaryFolder();
  const clock = new StillClock();
  const store = testStore(folder.dir, { clock });
  await (await store.create(planParts, { id: 'old' })).finish('succeeded');
  await (await store.create(planParts, { id: 'dead' })).close();
  await using running = await store.create(planParts, { id: 'running' });
  const leftover = join(folder.dir, 'sessions', '.new-x-1');
  await mkdir(leftover);
  await utimes(leftover, 1, 1);
  clock.advance(10_000);
  await (await store.create(planParts, { id: 'young' })).finish('succeeded');
  expect([...(await store.prune({ olderThanMs: 5000 }))].toSorted()).toEqual(['dead', 'old']);
  expect((await readdir(join(folder.dir, 'sessions'))).toSorted()).toEqual(['running', 'young']);
  expect(running.id).toBe('running');
  await store.remove('young');
  expect(await codeOf(store.remove('young'))).toBe('ERR_ORC_SESSION_NOT_FOUND');
  expect(await codeOf(store.prune({ olderThanMs: Number.NaN }))).toBe('ERR_ORC_OPTION');
});

test('a damaged session is removed like any other, and pruned by its files; what a later version wrote stays', async () => {
  using folder = temporaryFolder();
  const clock = new StillClock();
  const store = testStore(folder.dir, { clock });
  const root = join(folder.dir, 'sessions');
  for (const [id, plan, days] of [
    ['old', 'garbage', 40],
    ['young', 'garbage', 1],
    ['mine', 'garbage', 1],
    ['later', '{"schema":"orc.plan/2"}', 40],
  ] as const) {
    await mkdir(join(root, id), { recursive: true });
    await writeFile(join(root, id, 'plan.json'), plan);
    const seconds = clock.now() / 1000 - days * 86_400;
    for (const path of [join(root, id, 'plan.json'), join(root, id)]) await utimes(path, seconds, seconds);
  }
  await store.remove('mine');
  expect(await store.prune({ olderThanMs: 30 * 86_400_000 })).toEqual(['old']);
  const left = (await store.unreadable()).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  expect(left.map(({ id, error }) => [id, error.code])).toEqual([
    ['later', 'ERR_ORC_SESSION_VERSION'],
    ['young', 'ERR_ORC_SESSION_CORRUPT'],
  ]);
  expect(left[0]).toMatchObject({ dir: join(root, 'later'), updatedAt: clock.now() - 40 * 86_400_000 });
});

test('options that cannot be meant are refused', () => {
  expect(() => createSessionStore({ dataDir: '' })).toThrow(
    'Expected `dataDir` to be the path of a folder, got `""` (string)',
  );
  expect(() => createSessionStore({ dataDir: 'x', heartbeatMs: 0 })).toThrow(
    'Expected `heartbeatMs` to be a number > 0, got `0` (number)',
  );
  expect(() => createSessionStore({ dataDir: 'x', staleMs: 10 })).toThrow('at least twice');
});
