import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../../test-support/temporary-folder.ts';
import { codeOf, planParts, record, skippedRecord, testStore } from './support.ts';

function sealed(value: object): string {
  // Nested too deep to be written by `JSON.stringify`, and read by `JSON.parse` all the same.
  const nested = '['.repeat(20_000) + ']'.repeat(20_000);
  const rest = JSON.stringify(value).slice(1).replace('"<nested>"', nested);
  return `{"crc":"${crc32(rest).toString(16).padStart(8, '0')}",${rest}`;
}

const base = { type: 'task', at: 1_795_000_000_000, ...record('a') };

test.each<[string, object]>([
  ['no task', { task: undefined }],
  ['a task that is a number', { task: 5 }],
  ['a phase that is an object', { phase: {} }],
  ['another status', { status: 'done' }],
  ['a source that there is not', { source: 'elsewhere' }],
  ['no output', { output: undefined }],
  ['an output that is not the one of its digest', { output: 'forged' }],
  ['an output nested without end', { output: '<nested>' }],
  ['a digest that is a list', { outputDigest: ['x'] }],
  ['a file outside', { output: undefined, outputFile: '../../../../etc/passwd' }],
  ['a file that is a number', { output: undefined, outputFile: 1e21 }],
  ['artifacts that are no list', { artifacts: { length: 1e9 } }],
  ['artifacts of nothing', { artifacts: [null] }],
  ['an artifact without a digest', { artifacts: [{ path: 'x', bytes: 1, sha256: 'x' }] }],
  ['a negative cost, which would lift the budget', { costUsd: -100 }],
  ['tokens that are a text', { usage: { inputTokens: '1', cachedInputTokens: 0, outputTokens: 1 } }],
  ['a duration beyond all numbers', { durationMs: 1e300 }],
  ['half an attempt', { attempts: 1.5 }],
  ['a time that no clock shows', { at: 1e300 }],
  ['a time that is a text', { at: 'now' }],
  ['a task that was left out but has an output', { status: 'skipped' }],
  ['a kind that is a number', { type: 7 }],
])('a record with a right checksum and %s is a task that is not done', async (_, odd) => {
  using folder = temporaryFolder();
  const store = testStore(folder.dir);
  const session = await store.create(planParts);
  for (const task of ['a', 'b']) await session.append(record(task));
  await session.append(skippedRecord('c'));
  await session.close();
  const path = join(session.dir, 'journal.ndjson');
  const lines = (await readFile(path, 'utf8')).split('\n');
  lines[1] = sealed({ ...base, ...odd });
  await writeFile(path, lines.join('\n'));
  await using again = await store.open(session.id);
  expect([...again.completed.keys()]).toEqual(['b', 'c']);
  // Whatever was made of it is looked at again.
  expect(again.whole).toBe(false);
  expect(Object.getPrototypeOf({})).toBe(Object.prototype);
});

test('a record of a kind that this version does not know is passed over, and counts as whole', async () => {
  using folder = temporaryFolder();
  const store = testStore(folder.dir);
  const session = await store.create(planParts);
  await session.append(record('a'));
  await session.close();
  const path = join(session.dir, 'journal.ndjson');
  await writeFile(path, `${await readFile(path, 'utf8')}${sealed({ type: 'mood', at: 1, is: 'good' })}\n`);
  await using again = await store.open(session.id);
  expect([...again.completed.keys()]).toEqual(['a']);
  expect(again.whole).toBe(true);
});

test('numbers that are none are recorded as what can be read again', async () => {
  using folder = temporaryFolder();
  const store = testStore(folder.dir);
  const session = await store.create(planParts);
  const usage = { inputTokens: Number.NaN, cachedInputTokens: -5, outputTokens: Number.POSITIVE_INFINITY };
  await session.append({ ...record('a'), usage, costUsd: Number.NaN, durationMs: -3 });
  await session.close();
  await using again = await store.open(session.id);
  expect(again.completed.get('a')).toMatchObject({
    durationMs: 0,
    costUsd: null,
    usage: { inputTokens: 0, cachedInputTokens: 0, outputTokens: Number.MAX_SAFE_INTEGER },
  });
});

test.each<[string, object]>([
  ['a time beyond all clocks', { createdAt: 1e300 }],
  ['a time that is a text', { createdAt: 'now' }],
  ['a source that is a number', { pipeline: { id: 'p', version: '1', digest: 'd', source: 5 } }],
  ['a request without a text', { request: { seed: 1 } }],
  ['an input that is a list', { request: { text: 'x', seed: 1, input: ['/etc'] } }],
  ['options that are a text', { options: 'x' }],
  ['no model', { model: null }],
  ['a strategy that there is not', { strategy: { name: 'fast', reason: '', workers: 1 } }],
  ['workers that are a text', { strategy: { name: 'parallel', reason: '', workers: '4' } }],
])('a plan with %s is one clear error', async (_, odd) => {
  using folder = temporaryFolder();
  const store = testStore(folder.dir);
  const session = await store.create(planParts);
  await session.close();
  const path = join(session.dir, 'plan.json');
  await writeFile(path, JSON.stringify({ ...(JSON.parse(await readFile(path, 'utf8')) as object), ...odd }));
  expect(await codeOf(store.open(session.id))).toBe('ERR_ORC_SESSION_CORRUPT');
  expect(await codeOf(store.read(session.id))).toBe('ERR_ORC_SESSION_CORRUPT');
  expect((await store.unreadable()).map(({ error }) => error.code)).toEqual(['ERR_ORC_SESSION_CORRUPT']);
});
