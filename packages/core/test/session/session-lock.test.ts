import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../../test-support/temporary-folder.ts';
import { SessionLock } from '../../src/session/session-lock.ts';
import type { LockContext } from '../../src/session/lock-holder.ts';
import { FakeProcesses, StillClock, codeOf, planParts, record, testStore } from './support.ts';

test('a session that runs is locked, on this machine and on another', async () => {
  using folder = temporaryFolder();
  const clock = new StillClock();
  const processes = new FakeProcesses();
  await using session = await testStore(folder.dir, { clock, processes }).create(planParts);
  processes.starts.set(200, 'b');
  const here = testStore(folder.dir, { clock, processes, pid: 200 });
  const there = testStore(folder.dir, { clock, hostname: 'host-b', pid: 100 });
  for (const store of [here, there]) {
    expect(await codeOf(store.open(session.id))).toBe('ERR_ORC_SESSION_LOCKED');
    expect(await codeOf(store.remove(session.id))).toBe('ERR_ORC_SESSION_LOCKED');
    expect((await store.latest())?.status).toBe('running');
  }
  await expect(here.open(session.id)).rejects.toThrow('process 100 on `host-a` holds it');
});

test('the lock of a dead process is taken over at once', async () => {
  using folder = temporaryFolder();
  const processes = new FakeProcesses();
  const clock = new StillClock();
  await using session = await testStore(folder.dir, { clock, processes }).create(planParts);
  processes.starts.delete(100);
  processes.starts.set(200, 'b');
  await using again = await testStore(folder.dir, { clock, processes, pid: 200 }).open(session.id);
  expect(JSON.parse(await readFile(join(again.dir, 'lock'), 'utf8'))).toMatchObject({ pid: 200, host: 'host-a' });
});

test('a pid that was given to another process does not hold the lock', async () => {
  using folder = temporaryFolder();
  const processes = new FakeProcesses();
  await using session = await testStore(folder.dir, { processes }).create(planParts);
  processes.starts.set(100, 'started later');
  processes.starts.set(200, 'b');
  await using again = await testStore(folder.dir, { processes, pid: 200 }).open(session.id);
  expect(again.id).toBe(session.id);
});

test('where the system does not tell when a process was started, the heartbeat decides', async () => {
  using folder = temporaryFolder();
  const processes = new FakeProcesses();
  processes.tellsStart = false;
  processes.boot = undefined;
  const dead = new StillClock();
  await using session = await testStore(folder.dir, { clock: dead, processes }).create(planParts);
  const clock = new StillClock();
  const store = testStore(folder.dir, { clock, processes, pid: 200 });
  clock.jump(29_000);
  expect(await codeOf(store.open(session.id))).toBe('ERR_ORC_SESSION_LOCKED');
  clock.jump(2000);
  await using again = await store.open(session.id);
  expect(again.id).toBe(session.id);
});

test('the heartbeat keeps the lock against another machine, and its end gives it up', async () => {
  using folder = temporaryFolder();
  const clock = new StillClock();
  await using session = await testStore(folder.dir, { clock }).create(planParts);
  const there = testStore(folder.dir, { clock, hostname: 'host-b' });
  clock.advance(600_000);
  expect(await codeOf(there.open(session.id))).toBe('ERR_ORC_SESSION_LOCKED');
  clock.jump(31_000);
  await using again = await there.open(session.id);
  expect(again.id).toBe(session.id);
});

test('a process that slept while another one took over writes nothing more', async () => {
  using folder = temporaryFolder();
  const clock = new StillClock();
  await using session = await testStore(folder.dir, { clock }).create(planParts);
  clock.jump(31_000);
  await using again = await testStore(folder.dir, { clock, hostname: 'host-b' }).open(session.id);
  expect(await codeOf(session.append(record('late')))).toBe('ERR_ORC_SESSION_LOCKED');
  expect(await codeOf(session.writeArtifact('late.md', 'x'))).toBe('ERR_ORC_SESSION_LOCKED');
  await session.close();
  await again.append(record('good'));
  // The one who lost the lock has not removed the new holder's.
  expect(await readdir(again.dir)).toContain('lock');
  expect(await readFile(join(again.dir, 'journal.ndjson'), 'utf8')).not.toContain('late');
});

test('a lock file that was damaged locks nothing', async () => {
  using folder = temporaryFolder();
  const store = testStore(folder.dir);
  const session = await store.create(planParts);
  await session.close();
  for (const content of ['', '{"pid":', 'null']) {
    await writeFile(join(session.dir, 'lock'), content);
    await using again = await store.open(session.id);
    expect(again.id).toBe(session.id);
  }
});

test('of many that take a dead lock at once, one gets it, and nothing is left over', async () => {
  using folder = temporaryFolder();
  const clock = new StillClock();
  const processes = new FakeProcesses();
  const contexts = Array.from({ length: 20 }, (_, index): LockContext => {
    processes.starts.set(200 + index, 'b');
    let count = 0;
    return {
      session: 's',
      clock,
      processes,
      hostname: 'host-a',
      pid: 200 + index,
      token: () => `token-${index}-${(count += 1)}`,
      heartbeatMs: 5000,
      staleMs: 30_000,
    };
  });
  await writeFile(
    join(folder.dir, 'lock'),
    JSON.stringify({
      pid: 7,
      host: 'host-a',
      boot: 'boot-1',
      processStart: 'z',
      heartbeat: clock.now(),
      token: 'dead',
    }),
  );
  const locks = contexts.flatMap((context) => {
    try {
      return [SessionLock.acquire(folder.dir, context)];
    } catch {
      return [];
    }
  });
  expect(locks).toHaveLength(1);
  expect(await readdir(folder.dir)).toEqual(['lock']);
  for (const lock of locks) lock.release();
  expect(await readdir(folder.dir)).toEqual([]);
  expect(clock.timers).toBe(0);
  await rm(folder.dir, { recursive: true, force: true });
});

test('a machine whose clock is ahead keeps its lock, one that is ahead by hours was wrong', async () => {
  using folder = temporaryFolder();
  const clock = new StillClock();
  await using session = await testStore(folder.dir, { clock: new StillClock(clock.now() + 60_000) }).create(planParts);
  const there = testStore(folder.dir, { clock, hostname: 'host-b' });
  expect(await codeOf(there.open(session.id))).toBe('ERR_ORC_SESSION_LOCKED');
  clock.jump(-7_200_000);
  await using again = await there.open(session.id);
  expect(again.id).toBe(session.id);
});

test('what a process leaves that is killed while it confirms or takes a lock is removed by the next holder', async () => {
  using folder = temporaryFolder();
  const processes = new FakeProcesses();
  const clock = new StillClock();
  await using session = await testStore(folder.dir, { clock, processes }).create(planParts);
  const held = await readFile(join(session.dir, 'lock'), 'utf8');
  const { token } = JSON.parse(held) as { token: string };
  processes.starts.delete(100);
  processes.starts.set(200, 'b');
  processes.starts.set(300, 'c');
  const living = JSON.stringify({ ...(JSON.parse(held) as object), pid: 300, processStart: 'c', token: 'living' });
  for (const [name, content] of [
    [`lock.${token}`, held],
    ['lock.empty', ''],
    ['lock.living', living],
  ] as const)
    await writeFile(join(session.dir, name), content);
  await using again = await testStore(folder.dir, { clock, processes, pid: 200 }).open(session.id);
  const left = (await readdir(again.dir)).filter((name) => name.startsWith('lock'));
  expect(left.toSorted()).toEqual(['lock', 'lock.living']);
});
