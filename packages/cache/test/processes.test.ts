import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { expect, onTestFinished, test, vi } from 'vitest';

import { folderOfTest } from '../../../test-support/temporary-folder.ts';
import { fileTier } from '../src/file/index.ts';
import { type CacheEvent, TieredCache } from '../src/index.ts';

// A disk that others keep busy takes its time.
vi.setConfig({ testTimeout: 120_000 });

interface Running {
  readonly child: ChildProcess;
  readonly lines: string[];
  /** Waits for a line that the process has said or will say. */
  line(wanted: (line: string, lines: readonly string[]) => boolean): Promise<void>;
  ended(): Promise<number | null>;
}

function run(fixture: string, ...args: string[]): Running {
  const child = spawn(process.execPath, [fileURLToPath(new URL(`fixtures/${fixture}`, import.meta.url)), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines: string[] = [];
  let waiting: (() => void)[] = [];
  let rest = '';
  const exit = once(child, 'close').then(([code]) => {
    for (const wake of waiting) wake();
    return code as number | null;
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  });
  return {
    child,
    lines,
    line: async (wanted) => {
      while (!lines.some((line) => wanted(line, lines))) {
        if (child.exitCode !== null)
          throw new Error(`${fixture} ended with ${child.exitCode} after ${lines.join(' | ')}`);
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
    ended: () => exit,
  };
}

test('four processes write 1000 entries each, and a shared one: nothing is lost, nothing is torn', async () => {
  const dir = folderOfTest();
  const writers = ['a', 'b', 'c', 'd'].map((who) => run('writer.mjs', dir, who, '1000'));
  expect(await Promise.all(writers.map((writer) => writer.ended()))).toEqual([0, 0, 0, 0]);
  const tier = fileTier<{ who: string; index: number; pad: string }>({ dir });
  for (const who of ['a', 'b', 'c', 'd']) {
    for (let index = 0; index < 1000; index++) {
      const entry = await tier.get(`${who}-${index}`);
      expect(entry?.value).toEqual({ who, index, pad: 'p'.repeat(500 + (index % 50) * 10) });
    }
  }
  expect((await tier.get('shared'))?.value.index).toBe(999);
  expect(await tier.stats()).toMatchObject({ entries: 4001, corrupt: 0 });
  await tier.close();
});

test('kill -9 while writing, 20 times: what was acknowledged is there, nothing is corrupt', async () => {
  const dir = folderOfTest();
  let acknowledged = 0;
  for (let round = 0; round < 20; round++) {
    const writer = run('endless-writer.mjs', dir, `r${round}`);
    // Killed at another place each time.
    await writer.line((_line, lines) => lines.length >= 5 + round * 3);
    writer.child.kill('SIGKILL');
    await writer.ended();
    const tier = fileTier<{ index: number; pad: string }>({ dir });
    for (const line of writer.lines) {
      const entry = await tier.get(`r${round}-${line}`);
      expect(entry?.value.index).toBe(Number(line));
      acknowledged++;
    }
    await tier.close();
  }
  expect(acknowledged).toBeGreaterThan(600);
  const tier = fileTier({ dir });
  let entries = 0;
  for await (const entry of tier.entries()) {
    expect((await tier.get(entry.key))?.value).toBeDefined();
    entries++;
  }
  expect(entries).toBeGreaterThanOrEqual(acknowledged);
  expect(await tier.stats()).toMatchObject({ entries, corrupt: 0 });
  await tier.close();
});

test('four processes that want the same keys compute each once', async () => {
  const dir = folderOfTest();
  const computers = [1, 2, 3, 4].map(() => run('computer.mjs', dir, '20'));
  await Promise.all(computers.map((computer) => computer.line((line) => line === 'ready')));
  for (const { child } of computers) child.stdin?.write('go\n');
  expect(await Promise.all(computers.map((computer) => computer.ended()))).toEqual([0, 0, 0, 0]);
  const computed = computers.flatMap(({ lines }) => lines.filter((line) => line.startsWith('computing')));
  expect(computed.toSorted()).toEqual(Array.from({ length: 20 }, (_, index) => `computing ${index}`).toSorted());
});

test('the lock of a process that was killed is taken over at once', async () => {
  const dir = folderOfTest();
  const holder = run('computer.mjs', dir, '1', 'hang');
  holder.child.stdin?.write('go\n');
  await holder.line((line) => line === 'computing 0');
  const events: CacheEvent[] = [];
  // Without looking at the process it would take this long.
  const tier = fileTier<{ index: number }>({ dir, lock: { staleAfter: 3_600_000 } });
  const cache = new TieredCache<{ index: number }>({ tiers: [tier], onEvent: (event) => events.push(event) });
  let computed = false;
  const waiting = cache.getOrCompute('key-0', async () => {
    computed = true;
    return { index: 7 };
  });
  await Promise.all(Array.from({ length: 20 }, () => tier.stats()));
  expect(computed).toBe(false);
  holder.child.kill('SIGKILL');
  await holder.ended();
  expect(await waiting).toEqual({ index: 7 });
  await cache.close();
  expect(events).toEqual([]);
});

test('neither timers nor tiers keep a process alive', async () => {
  const leaving = run('exits.mjs', folderOfTest());
  expect(await leaving.ended()).toBe(0);
  expect(leaving.lines).toEqual(['end']);
});
