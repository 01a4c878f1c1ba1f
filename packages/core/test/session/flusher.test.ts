import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../../test-support/temporary-folder.ts';
import { Flusher, type FlushCalls } from '../../src/session/flusher.ts';

/** A disk whose flushes take as long as the test says, and that tells where each was done. */
function fakeDisk() {
  const disk = { takes: 0.1, time: 0, done: [] as string[], fails: undefined as Error | undefined };
  const flush = (where: string, kind: string): void => {
    disk.time += disk.takes;
    disk.done.push(`${kind} ${where}`);
    if (disk.fails !== undefined) throw disk.fails;
  };
  const calls: FlushCalls = {
    here: (_, kind) => {
      flush('here', kind);
    },
    there: async (_, kind) => {
      await Promise.resolve();
      flush('there', kind);
    },
    now: () => disk.time,
  };
  return { disk, flusher: new Flusher(calls) };
}

async function flushes(flusher: Flusher, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) await flusher.flush(1, 100);
}

test('a disk that has been quick three times in a row is flushed on the spot', async () => {
  const { disk, flusher } = fakeDisk();
  await flushes(flusher, 5);
  expect(disk.done).toEqual(['file there', 'file there', 'file there', 'file here', 'file here']);
});

test('a disk that is slow is never flushed on the spot', async () => {
  const { disk, flusher } = fakeDisk();
  disk.takes = 5;
  await flushes(flusher, 10);
  expect(new Set(disk.done)).toEqual(new Set(['file there']));
});

test('a disk that becomes slow holds the loop up once, and has to prove itself anew, for longer', async () => {
  const { disk, flusher } = fakeDisk();
  await flushes(flusher, 3);
  disk.takes = 20;
  await flushes(flusher, 2);
  disk.takes = 0.1;
  await flushes(flusher, 7);
  const where = disk.done.slice(3).map((done) => done.slice(5));
  expect(where).toEqual(['here', ...Array<string>(7).fill('there'), 'here']);
});

test('a disk that is slow at every fourth flush holds the loop up once', async () => {
  const { disk, flusher } = fakeDisk();
  let held = 0;
  for (let flush = 1; flush <= 1000; flush += 1) {
    disk.takes = flush % 4 === 0 ? 20 : 0.1;
    await flusher.flush(1, 100);
    if (disk.takes === 20 && disk.done.at(-1) === 'file here') held += 1;
  }
  expect(held).toBe(1);
});

test('a disk that has been quick for long is believed as at first', async () => {
  const { disk, flusher } = fakeDisk();
  for (let slow = 0; slow < 3; slow += 1) {
    await flushes(flusher, 200);
    disk.takes = 20;
    await flushes(flusher, 1);
    disk.takes = 0.1;
  }
  const before = disk.done.length;
  await flushes(flusher, 7);
  expect(disk.done.slice(before).filter((done) => done === 'file there')).toHaveLength(6);
});

test('what is large is flushed aside, however quick the disk is, and says nothing of it', async () => {
  const { disk, flusher } = fakeDisk();
  await flushes(flusher, 3);
  disk.takes = 50;
  await flusher.flush(1, 1_000_000);
  disk.takes = 0.1;
  await flusher.flush(1, 100);
  expect(disk.done.slice(3)).toEqual(['file there', 'file here']);
});

test('what comes while a flush is on its way goes aside too, and says nothing of the disk', async () => {
  const { disk, flusher } = fakeDisk();
  await flushes(flusher, 3);
  disk.takes = 3;
  await Promise.all([flusher.flush(1, 1_000_000), flusher.flush(2, 100)]);
  disk.takes = 0.1;
  await flusher.flush(1, 100);
  expect(disk.done.slice(3)).toEqual(['file there', 'file there', 'file here']);
});

test('a flush that fails fails for its caller alone, on either way', async () => {
  const { disk, flusher } = fakeDisk();
  await flushes(flusher, 3);
  disk.fails = new Error('broken');
  await expect(flusher.flush(1, 100)).rejects.toBe(disk.fails);
  await expect(flusher.flush(1, 1_000_000)).rejects.toBe(disk.fails);
  disk.fails = undefined;
  await flusher.flush(1, 100);
  expect(disk.done.at(-1)).toBe('file here');
});

test('a folder is flushed with all there is of it, and its entry counts like a small file', async () => {
  using folder = temporaryFolder();
  const { disk, flusher } = fakeDisk();
  for (let index = 0; index < 4; index += 1) await flusher.flushFolder(folder.dir);
  expect(disk.done.at(-1)).toBe('folder here');
});

test('a system that cannot flush a folder does without', async () => {
  using folder = temporaryFolder();
  const { disk, flusher } = fakeDisk();
  disk.fails = Object.assign(new Error('not here'), { code: 'EINVAL' });
  await flusher.flushFolder(folder.dir);
  disk.fails = Object.assign(new Error('broken'), { code: 'EIO' });
  await expect(flusher.flushFolder(folder.dir)).rejects.toThrow('broken');
});
