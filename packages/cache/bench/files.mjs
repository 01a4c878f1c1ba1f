// Microseconds per operation of the file tier: 2000 entries of 4 KB of JSON, in a process of its own.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, mkdtempSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { fileTier } from '../dist/file/index.js';
import { inChild } from './child.mjs';
import { makeKeys } from './peers.mjs';
import { seededRandom, shuffle, summarize } from './statistics.mjs';

const COUNT = 2000;

/** A JSON value of 4 KB as phases and pages have them: some text, some numbers, some structure. */
function makeValue(index) {
  const items = Array.from({ length: 12 }, (_, item) => ({
    id: item,
    score: item / 7,
    title: `item ${item} of ${index}`,
    tags: ['a', 'b'],
  }));
  const value = { index, items, text: '' };
  value.text = 'x'.repeat(4096 - JSON.stringify(value).length);
  return value;
}

/** What any store of one file per entry has to do: the floor for this disk, as busy as it is just now. */
function writeBare(path, value) {
  const file = openSync(`${path}.tmp`, 'wx', 0o600);
  writeSync(file, JSON.stringify(value));
  closeSync(file);
  renameSync(`${path}.tmp`, path);
}

/**
 * Gives out folders, each in another part of the disk where the file system can do that (ext4), and of eight the one where
 * making a file takes least. ext4 without a journal does not give out the number of a file that was deleted in the last
 * minutes, and looks past all of them: where a test or a benchmark has deleted thousands, to make a file takes up to a
 * millisecond, by bare system calls as by us.
 */
function makePlaces(dir) {
  spawnSync('chattr', ['+T', dir], { stdio: 'ignore' });
  return () => {
    const places = Array.from({ length: 8 }, () => {
      const path = join(dir, randomBytes(6).toString('hex'));
      mkdirSync(path);
      const begun = process.hrtime.bigint();
      for (let file = 0; file < 16; file++) closeSync(openSync(join(path, `probe-${file}`), 'wx', 0o600));
      return { path, took: Number(process.hrtime.bigint() - begun) };
    });
    return places.toSorted((one, other) => one.took - other.took)[0].path;
  };
}

/** In a process of its own: 100,000 keys of the other parts are no matter of a disk. */
export async function runFiles({ quick }) {
  return inChild(import.meta.url, [], quick ? '2' : '5');
}

/** Open, write, overwrite, read and miss, each call timed by itself; beside each write the bare system calls of one. */
async function measure(rounds) {
  const dir = mkdtempSync(join(tmpdir(), 'orc-cache-bench-'));
  try {
    const random = seededRandom(4);
    const keys = makeKeys(COUNT, 'file');
    const absent = makeKeys(COUNT, 'none');
    const values = keys.map((_, index) => makeValue(index));
    const samples = { open: [], set: [], bare: [], overwrite: [], bareOverwrite: [], get: [], miss: [] };
    const time = (into, run) => {
      const begun = process.hrtime.bigint();
      const result = run();
      into.push(Number(process.hrtime.bigint() - begun) / 1000);
      return result;
    };
    const newPlace = makePlaces(dir);
    for (let round = 0; round < rounds; round++) {
      // What is still to be written of the round before would be written during this one.
      spawnSync('sync', { stdio: 'ignore' });
      for (let opening = 0; opening < 7; opening++) {
        const place = newPlace();
        await time(samples.open, () => fileTier({ dir: place })).close();
      }
      const bare = newPlace();
      for (const key of keys) mkdirSync(join(bare, key.slice(0, 2)), { recursive: true });
      const tier = fileTier({ dir: newPlace() });
      // New folders each round: to replace a file is another matter than to make one.
      for (const [ours, floor] of [
        [samples.set, samples.bare],
        [samples.overwrite, samples.bareOverwrite],
      ]) {
        for (const index of shuffle(keys.keys(), random)) {
          const entry = { value: values[index], storedAt: Date.now(), expiresAt: Infinity };
          if (time(ours, () => tier.set(keys[index], entry)) !== undefined)
            throw new Error('Expected a set that is done at once');
          time(floor, () => writeBare(join(bare, keys[index].slice(0, 2), keys[index].slice(2)), values[index]));
        }
      }
      for (const index of shuffle(keys.keys(), random)) {
        if (time(samples.get, () => tier.get(keys[index]))?.value.index !== index)
          throw new Error('Expected the entry');
      }
      for (const key of absent)
        if (time(samples.miss, () => tier.get(key)) !== undefined) throw new Error('Expected nothing');
      await tier.close();
      // The engine has compiled by then what it will compile.
      if (round === 0) for (const all of Object.values(samples)) all.length = 0;
    }
    return Object.fromEntries(Object.entries(samples).map(([name, all]) => [name, summarize(all)]));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(JSON.stringify(await measure(Number(process.argv[2]))));
}
