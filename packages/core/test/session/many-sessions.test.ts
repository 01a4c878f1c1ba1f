import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { beforeEach, expect, test, vi } from 'vitest';

import { temporaryFolder } from '../../../../test-support/temporary-folder.ts';
import { readHistory } from '../../src/plan/history.ts';
import { buildReport } from '../../src/report/report-builder.ts';
import { encodeRecord, journalHeader } from '../../src/session/journal-record.ts';
import { newSessionId } from '../../src/session/session-id.ts';
import { planText } from '../../src/session/session-plan.ts';
import { StillClock, planParts, testStore } from './support.ts';

/** Files that were opened, by name, and folders that were weighed. */
const counted = vi.hoisted(() => ({ opened: [] as string[], weighed: 0 }));

vi.mock(import('../../src/session/session-files.ts'), async (original) => {
  const actual = await original();
  return {
    ...actual,
    openPart: (dir: string, name: string) => {
      counted.opened.push(name);
      return actual.openPart(dir, name);
    },
    readPart: (dir: string, name: string, most: number) => {
      counted.opened.push(name);
      return actual.readPart(dir, name, most);
    },
  };
});

vi.mock(import('../../src/session/session-summary.ts'), async (original) => {
  const actual = await original();
  return {
    ...actual,
    folderBytes: (dir: string) => {
      counted.weighed += 1;
      return actual.folderBytes(dir);
    },
  };
});

const start = Date.UTC(2026, 0, 1);
const total = 2000;

/** Two thousand sessions, one a minute, as folders that were copied here: made by hand, since a real one costs a dozen flushes. */
async function fill(dataDir: string): Promise<readonly string[]> {
  const report = JSON.stringify({ ...buildReport([]), phases: [] });
  const ids: string[] = [];
  for (let index = 0; index < total; index += 1) {
    const createdAt = start + index * 60_000;
    const id = newSessionId(createdAt, () => 0.5);
    const dir = join(dataDir, 'sessions', id);
    await mkdir(dir, { recursive: true });
    const pipeline = { ...planParts.pipeline, id: index % 4 === 0 ? 'book' : 'other' };
    const plan = { ...planParts, pipeline, schema: 'orc.plan/1', sessionId: id, createdAt } as const;
    const end = { type: 'end', at: createdAt + 1000, status: 'succeeded', tasks: 3 } as const;
    await writeFile(join(dir, 'plan.json'), planText(plan, undefined));
    await writeFile(join(dir, 'journal.ndjson'), encodeRecord(journalHeader(id, createdAt)) + encodeRecord(end));
    await writeFile(join(dir, 'report.json'), report);
    ids.push(id);
  }
  return ids;
}

beforeEach(() => {
  counted.opened.length = 0;
  counted.weighed = 0;
});

test('of many sessions only those are read that are asked for', { timeout: 120_000 }, async () => {
  using folder = temporaryFolder();
  const ids = await fill(folder.dir);
  const clock = new StillClock(start + total * 60_000);
  const store = testStore(folder.dir, { clock });
  const opened = async (work: () => Promise<unknown>): Promise<number> => {
    counted.opened.length = 0;
    counted.weighed = 0;
    await work();
    return counted.opened.length;
  };
  expect((await store.latest())?.id).toBe(ids.at(-1));
  expect((await store.list({ limit: 5 })).map(({ id }) => id)).toEqual(ids.slice(-5).toReversed());
  // A plan and a journal's end each.
  expect(await opened(() => store.latest())).toBeLessThanOrEqual(3);
  expect(await opened(() => store.list({ limit: 5 }))).toBeLessThanOrEqual(15);
  expect(counted.weighed).toBe(5);
  expect(await store.page({ limit: 5 })).toMatchObject({ left: total - 5, unreadable: [] });
  expect(await opened(() => store.ids())).toBe(0);
  expect(await opened(() => store.summary(ids[7] ?? ''))).toBeLessThanOrEqual(3);
  // Twenty runs of the pipeline among eighty sessions: eighty plans, and of those twenty the journal's end and the report.
  expect(await opened(() => readHistory(store, 'book'))).toBeLessThanOrEqual(80 + 20 * 4);
  // However rare a pipeline is, no more than two hundred are looked at.
  expect(await opened(() => readHistory(store, 'never'))).toBeLessThanOrEqual(200);
  expect(counted.weighed).toBe(0);
  // None is weighed for its age, and those that are young by their ids are not opened at all.
  const old = await opened(() => store.prune({ olderThanMs: (total - 10) * 60_000 }));
  expect(old).toBeLessThanOrEqual(11 * 3);
  expect(counted.weighed).toBe(0);
  expect((await store.ids()).length).toBe(total - 10);
});

test('sessions with ids of their own stand among the others by their age', async () => {
  using folder = temporaryFolder();
  const clock = new StillClock();
  const store = testStore(folder.dir, { clock });
  const order: string[] = [];
  for (const id of ['first', undefined, 'second', undefined, 'a-third']) {
    const session = await store.create(planParts, { id });
    order.unshift(session.id);
    await session.close();
    clock.advance(1500);
  }
  expect((await store.list()).map(({ id }) => id)).toEqual(order);
  expect((await store.list({ limit: 2 })).map(({ id }) => id)).toEqual(order.slice(0, 2));
  await expect(store.list({ limit: 0 })).rejects.toThrow('Expected `limit` to be a number >= 1, got `0` (number)');
});
