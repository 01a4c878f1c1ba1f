import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../../test-support/temporary-folder.ts';
import { snapshot } from '../support/session-snapshot.ts';
import { planParts, record, testStore } from './support.ts';

test.each(['succeeded', 'failed', 'cancelled', 'interrupted', 'running', 'torn'] as const)(
  'reading a session changes nothing of it: %s',
  async (state) => {
    using folder = temporaryFolder();
    const store = testStore(folder.dir);
    const session = await store.create(planParts, { id: 'one' });
    await session.append(record('a', 'x'.repeat(70_000)));
    await session.writeArtifact('a.md', 'text');
    if (state === 'torn') {
      await session.close();
      await appendFile(join(session.dir, 'journal.ndjson'), '{"crc":"0000');
      await mkdir(join(session.dir, 'tmp'));
      await writeFile(join(session.dir, 'tmp', 'left'), 'x');
    } else if (state === 'interrupted') await session.close();
    else if (state !== 'running') await session.finish(state);
    const before = await snapshot(folder.dir);
    const read = await store.read('one');
    expect(read.summary.status).toBe(state === 'torn' ? 'interrupted' : state);
    expect(read.records.get('a')?.output).toBe('x'.repeat(70_000));
    expect(read.plan.request['text']).toBe('a story about space');
    expect(read.foreign).toBe(false);
    await store.summary('one');
    await store.report('one');
    await store.reports('book', { limit: 5 });
    await store.page();
    await store.latest();
    await store.unreadable();
    await store.ids();
    expect(await snapshot(folder.dir)).toEqual(before);
    await session.close();
  },
);

test('an ended session that is opened and closed is the same as before', async () => {
  using folder = temporaryFolder();
  const store = testStore(folder.dir);
  const session = await store.create(planParts, { id: 'one' });
  await session.append(record('a'));
  await session.finish('succeeded');
  const before = await snapshot(folder.dir);
  const again = await store.open('one');
  expect(again.completed.get('a')?.output).toBe('output of a');
  await again.close();
  expect(await snapshot(folder.dir)).toEqual(before);
  expect((await store.latest())?.status).toBe('succeeded');
});
