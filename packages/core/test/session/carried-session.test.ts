import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../../test-support/temporary-folder.ts';
import { decodeRecord } from '../../src/session/journal-record.ts';
import { createSessionStore } from '../../src/session/session-store.ts';
import { copySession, pipelineOf, resumeSession, runSession } from './resume-support.ts';

test('a session that was carried to another machine goes on there, in another strategy', async () => {
  using origin = temporaryFolder();
  using other = temporaryFolder();
  const whole = await runSession(origin.dir, { maxWorkers: 4, hostname: 'laptop' });
  const dir = await copySession(join(origin.dir, 'sessions', 'one'), other.dir);
  const journal = await readFile(join(dir, 'journal.ndjson'));
  await truncate(join(dir, 'journal.ndjson'), journal.length >> 1);
  const again = await resumeSession(other.dir, { optimized: false, hostname: 'server' });
  expect(again.result.strategy.name).toBe('standard');
  expect(again.result.text).toBe(whole.result.text);
  expect(again.artifacts).toEqual(whole.artifacts);
  expect(again.executed.length).toBeLessThan(whole.executed.length);
});

test('a session that has ended resumes to the same end, without doing anything', async () => {
  using folder = temporaryFolder();
  const whole = await runSession(folder.dir, { maxWorkers: 4 });
  const again = await resumeSession(folder.dir, { maxWorkers: 1 });
  expect(again.executed).toEqual([]);
  expect(again.result.text).toBe(whole.result.text);
  expect(again.result.artifacts).toEqual(whole.result.artifacts);
});

// One folder for each format that was ever written: they are never made anew.
test.each(['session-v1'])('the format of %s is read and continued', async (fixture) => {
  using folder = temporaryFolder();
  const dir = await copySession(fileURLToPath(new URL(`../__fixtures__/${fixture}`, import.meta.url)), folder.dir);
  const before = await createSessionStore({ dataDir: folder.dir }).read('one');
  expect(before.summary).toMatchObject({ status: 'interrupted', tasksDone: before.records.size, model: 'test/echo' });
  expect(before.records.get('plan')).toMatchObject({
    phase: 'plan',
    status: 'fulfilled',
    output: [
      { word: 'alpha', index: 0 },
      { word: 'beta', index: 1 },
    ],
  });
  expect(JSON.stringify(before.records.get('part[p0]')?.output).length).toBeGreaterThan(65_536);
  // The functions of the pipeline are not those of the day on which the fixture was made; say that they are.
  const plan = join(dir, 'plan.json');
  const { pipeline, ...rest } = JSON.parse(await readFile(plan, 'utf8')) as { readonly pipeline: object };
  await writeFile(plan, JSON.stringify({ ...rest, pipeline: { ...pipeline, digest: pipelineOf('').digest } }));
  const again = await resumeSession(folder.dir);
  expect(again.result.status).toBe('succeeded');
  expect(again.executed.length).toBeGreaterThan(0);
  expect(again.executed.filter((task) => before.records.has(task))).toEqual([]);
  using fresh = temporaryFolder();
  const whole = await runSession(fresh.dir, {}, 'alpha beta');
  expect(again.result.text).toBe(whole.result.text);
  expect(again.artifacts).toEqual(whole.artifacts);
  const lines = (await readFile(join(dir, 'journal.ndjson'), 'utf8')).split('\n').slice(0, -1);
  expect(lines.filter((line) => decodeRecord(line) === undefined)).toEqual([]);
});
