import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../../test-support/temporary-folder.ts';
import { SessionLock } from '../../src/session/session-lock.ts';
import type { LockContext } from '../../src/session/lock-holder.ts';
import { lockClockOf } from '../../src/session/session-clock.ts';
import { FakeProcesses, StillClock, codeOf, passing, planParts, record, testStore } from './support.ts';

test('a session that runs is locked, on this machine and on another', async () => {
  using folder = temporaryFolder();
  const clock = new StillClock();
  const processes = new FakeProcesses();
  await using session = await testStore(folder.dir, { clock, processes }).create(planParts);
  processes.starts.set(200, 'b');
  const here = testStore(folder.dir, { clock, processes, pid: 200 });
  const there = testStore(folder.dir, { clock, hostname: 'host-b', pid: 100 });
  // Of this machine the system tells at once; the other one sees that the lock goes on being confirmed.
  expect(await codeOf(here.open(session.id))).toBe('ERR_ORC_SESSION_LOCKED');
  await expect(here.open(session.id)).rejects.toThrow('process 100 on `host-a` holds it (last seen 0 s ago)');
  expect((await here.latest())?.status).toBe('running');
  expect(await codeOf(passing(clock, there.open(session.id)))).toBe('ERR_ORC_SESSION_LOCKED');
  expect(await codeOf(passing(clock, there.remove(session.id)))).toBe('ERR_ORC_SESSION_LOCKED');
  await expect(passing(clock, there.open(session.id))).rejects.toThrow(
    /on `host-a` holds it \(last seen at .* by its clock\)/,
  );
  await session.append(record('a'));
});

test('a list says of a lock that it can not judge who holds it, and waits for nothing', async () => {
  using folder = temporaryFolder();
  const clock = new StillClock();
  await using session = await testStore(folder.dir, { clock }).create(planParts);
  const there = testStore(folder.dir, { clock: new StillClock(), hostname: 'host-b' });
  expect((await there.list())[0]).toMatchObject({
    id: session.id,
    status: 'unknown',
    heldBy: { host: 'host-a', pid: 100, lastSeen: clock.now() },
  });
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

test('where the system does not tell when a process was started, its lock is watched', async () => {
  using folder = temporaryFolder();
  const processes = new FakeProcesses();
  processes.tellsStart = false;
  processes.boot = undefined;
  const theirs = new StillClock();
  await using session = await testStore(folder.dir, { clock: theirs, processes }).create(planParts);
  const clock = new StillClock();
  const store = testStore(folder.dir, { clock, processes, pid: 200 });
  const both = { advance: (step: number) => (clock.advance(step), theirs.advance(step)) } as unknown as StillClock;
  expect(await codeOf(passing(both, store.open(session.id)))).toBe('ERR_ORC_SESSION_LOCKED');
  await using again = await passing(clock, store.open(session.id));
  expect(again.id).toBe(session.id);
});

test.each([
  ['as ours', 0],
  ['an hour behind', -3_600_000],
  ['an hour ahead', 3_600_000],
  ['ten years behind', -315_360_000_000],
])("another machine's clock does not matter: %s", async (_, skew) => {
  using folder = temporaryFolder();
  const clock = new StillClock();
  const theirs = new StillClock(clock.now() + skew);
  await using session = await testStore(folder.dir, { clock: theirs }).create(planParts);
  const there = testStore(folder.dir, { clock, hostname: 'host-b' });
  const both = { advance: (step: number) => (clock.advance(step), theirs.advance(step)) } as unknown as StillClock;
  // Alive, however its clock stands.
  expect(await codeOf(passing(both, there.open(session.id)))).toBe('ERR_ORC_SESSION_LOCKED');
  // Gone: it confirms nothing any more, for longer than `staleMs` of our own time.
  const before = clock.now();
  await using again = await passing(clock, there.open(session.id));
  expect(again.id).toBe(session.id);
  expect(clock.now() - before).toBeGreaterThan(30_000);
});

test('a wall clock that is set does not cost a living process its session', async () => {
  using folder = temporaryFolder();
  const clock = new StillClock();
  let wall = clock.now();
  const context = lockContext('host-a', { ...lockClockOf(clock), wall: () => wall });
  const lock = await SessionLock.acquire(folder.dir, context);
  for (const step of [3_600_000, -7_200_000]) {
    wall += step;
    clock.advance(6000);
    lock.check();
    expect(
      await codeOf(passing(clock, SessionLock.acquire(folder.dir, lockContext('host-b', lockClockOf(clock))))),
    ).toBe('ERR_ORC_SESSION_LOCKED');
  }
  lock.check();
  lock.release();
});

test('a process that slept while its own time stood still looks before it writes', async () => {
  using folder = temporaryFolder();
  const clock = new StillClock();
  let wall = clock.now();
  const lock = await SessionLock.acquire(
    folder.dir,
    lockContext('host-a', { ...lockClockOf(clock), wall: () => wall }),
  );
  // The machine slept for an hour: only the wall clock shows it. Meanwhile another one watched the lock and took it over.
  wall += 3_600_000;
  const theirs = new StillClock();
  const other = await passing(theirs, SessionLock.acquire(folder.dir, lockContext('host-b', lockClockOf(theirs))));
  expect(() => lock.check()).toThrow('another one has taken it over');
  other.check();
  other.release();
});

test('a lock of this process that this store does not know is watched: a terminated thread leaves none', async () => {
  using folder = temporaryFolder();
  const processes = new FakeProcesses();
  const clock = new StillClock();
  const thread = new StillClock();
  const inThread = testStore(folder.dir, { clock: thread, processes });
  await using session = await inThread.create(planParts);
  const main = testStore(folder.dir, { clock, processes });
  const both = { advance: (step: number) => (clock.advance(step), thread.advance(step)) } as unknown as StillClock;
  expect(await codeOf(passing(both, main.open(session.id)))).toBe('ERR_ORC_SESSION_LOCKED');
  // The store that holds it knows at once.
  expect(await codeOf(inThread.open(session.id))).toBe('ERR_ORC_SESSION_LOCKED');
  await using again = await passing(clock, main.open(session.id));
  expect(again.id).toBe(session.id);
});

test('a process that slept while another one took over writes nothing more', async () => {
  using folder = temporaryFolder();
  const clock = new StillClock();
  await using session = await testStore(folder.dir, { clock }).create(planParts);
  clock.jump(31_000);
  const theirs = new StillClock();
  await using again = await passing(
    theirs,
    testStore(folder.dir, { clock: theirs, hostname: 'host-b' }).open(session.id),
  );
  expect(await codeOf(session.append(record('late')))).toBe('ERR_ORC_SESSION_LOCKED');
  expect(await codeOf(session.writeArtifact('late.md', 'x'))).toBe('ERR_ORC_SESSION_LOCKED');
  await session.close();
  await again.append(record('good'));
  // The one who lost the lock has not removed the new holder's.
  expect(await readdir(again.dir)).toContain('lock');
  expect(await readFile(join(again.dir, 'journal.ndjson'), 'utf8')).not.toContain('late');
});

test('a lock file that was damaged is watched, and locks nothing', async () => {
  using folder = temporaryFolder();
  const clock = new StillClock();
  const store = testStore(folder.dir, { clock });
  const session = await store.create(planParts);
  await session.close();
  const real = { pid: 7, host: 'host-a', boot: 'boot-1', processStart: 'z', heartbeat: 1, token: 't' };
  for (const content of [
    '',
    '{"pid":',
    'null',
    ...[{ pid: 0 }, { pid: -1 }, { pid: 1e99 }, { pid: 'x' }, { host: 5 }, { token: [] }, { heartbeat: 1e300 }].map(
      (odd) => JSON.stringify({ ...real, ...odd }),
    ),
  ]) {
    await writeFile(join(session.dir, 'lock'), content);
    expect((await store.latest())?.status).toBe('unknown');
    await using again = await passing(clock, store.open(session.id));
    expect(again.id).toBe(session.id);
  }
});

function lockContext(host: string, clock: LockContext['clock']): LockContext {
  let count = 0;
  return {
    session: 's',
    clock,
    processes: new FakeProcesses(),
    hostname: host,
    pid: 100,
    token: () => `${host}-${(count += 1)}`,
    heartbeatMs: 5000,
    staleMs: 30_000,
    held: new Set(),
  };
}

test('of many that take a dead lock at once, one gets it, and nothing is left over', async () => {
  using folder = temporaryFolder();
  const clock = new StillClock();
  const processes = new FakeProcesses();
  const contexts = Array.from({ length: 20 }, (_, index): LockContext => {
    processes.starts.set(200 + index, 'b');
    let count = 0;
    return {
      session: 's',
      clock: lockClockOf(clock),
      processes,
      hostname: 'host-a',
      pid: 200 + index,
      token: () => `token-${index}-${(count += 1)}`,
      heartbeatMs: 5000,
      staleMs: 30_000,
      held: new Set(),
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
  const taken = await Promise.allSettled(contexts.map((context) => SessionLock.acquire(folder.dir, context)));
  const locks = taken.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  expect(locks).toHaveLength(1);
  expect(await readdir(folder.dir)).toEqual(['lock']);
  for (const lock of locks) lock.release();
  expect(await readdir(folder.dir)).toEqual([]);
  expect(clock.timers).toBe(0);
  await rm(folder.dir, { recursive: true, force: true });
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
