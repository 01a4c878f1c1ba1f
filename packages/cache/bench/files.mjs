// Microseconds per operation of the file tier: 2000 entries of 4 KB of JSON.
import { closeSync, mkdirSync, mkdtempSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { fileTier } from '../dist/file/index.js';
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

/** Open, write, read and miss, each call timed by itself. */
export async function runFiles({ quick }) {
  const dir = mkdtempSync(join(tmpdir(), 'orc-cache-bench-'));
  try {
    const random = seededRandom(4);
    const keys = makeKeys(COUNT, 'file');
    const absent = makeKeys(COUNT, 'none');
    const values = keys.map((_, index) => makeValue(index));
    const samples = { open: [], set: [], bare: [], get: [], miss: [] };
    const time = (into, run) => {
      const begun = process.hrtime.bigint();
      const result = run();
      into.push(Number(process.hrtime.bigint() - begun) / 1000);
      return result;
    };
    for (let round = 0; round < (quick ? 1 : 3); round++) {
      for (let opening = 0; opening < 7; opening++) {
        await time(samples.open, () => fileTier({ dir: join(dir, `${round}-${opening}`) })).close();
      }
      // New folders each round: to replace a file is another matter than to make one.
      const bare = join(dir, `bare-${round}`);
      for (const key of keys) mkdirSync(join(bare, key.slice(0, 2)), { recursive: true });
      const tier = fileTier({ dir: join(dir, `${round}`) });
      for (const index of shuffle(keys.keys(), random)) {
        const entry = { value: values[index], storedAt: Date.now(), expiresAt: Infinity };
        if (time(samples.set, () => tier.set(keys[index], entry)) !== undefined)
          throw new Error('Expected a set that is done at once');
        time(samples.bare, () => writeBare(join(bare, keys[index].slice(0, 2), keys[index].slice(2)), values[index]));
      }
      for (const index of shuffle(keys.keys(), random)) {
        if (time(samples.get, () => tier.get(keys[index]))?.value.index !== index)
          throw new Error('Expected the entry');
      }
      for (const key of absent)
        if (time(samples.miss, () => tier.get(key)) !== undefined) throw new Error('Expected nothing');
      await tier.close();
    }
    return Object.fromEntries(Object.entries(samples).map(([name, all]) => [name, summarize(all)]));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
