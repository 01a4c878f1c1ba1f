import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../test-support/temporary-folder.ts';
import { fileTier } from '../src/file/index.ts';
import { type CacheEvent, TieredCache } from '../src/index.ts';

/** Long: the 2,000 folders that are checked before a release. */
const numRuns = process.env['ORC_FUZZ_LONG'] === '1' ? 2000 : 120;

const oddities = fc.constantFrom<unknown>(null, 'x', -1, 1e300, {}, [], [1], '__proto__', 0, true, 2 ** 53);
const oddValues = fc.constantFrom(
  '',
  'null',
  '1',
  '{}',
  '[]',
  '{"__proto__":{"x":1}}',
  '['.repeat(5000) + ']'.repeat(5000),
  'x',
  '{"a":',
);
const mutation = fc.oneof(
  fc.record({
    how: fc.constant('flip' as const),
    places: fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
  }),
  fc.record({ how: fc.constant('cut' as const), at: fc.nat() }),
  fc.record({
    how: fc.constantFrom(
      'empty',
      'folder',
      'append',
      'other',
      'link out',
      'link to itself',
      'link to a device' as const,
    ),
  }),
  fc.record({
    how: fc.constant('header' as const),
    member: fc.constantFrom('key', 'storedAt', 'expiresAt', 'tags', 'meta', 'more'),
    odd: oddities,
  }),
  fc.record({ how: fc.constant('no header' as const), odd: oddities }),
  fc.record({ how: fc.constant('value' as const), text: oddValues }),
);
type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never;

const keys = ['a', 'b', 'c', 'd'] as const;
const valueOf = (key: string): object => ({ text: `the value of ${key}`, list: [1, { two: null }] });

function forge(head: string, value: string): string {
  const body = `${head}\n${value}`;
  const digits = (number: number): string => number.toString(16).padStart(8, '0');
  return `orc-cache 1 ${digits(crc32(body))} ${digits(Buffer.byteLength(head))}\n${body}`;
}

/** Does to a file what somebody might; says whether it may be taken for an entry still. */
function mutate(path: string, change: Mutation, outside: string, other: string): boolean {
  const bytes = readFileSync(path);
  const [head = '', value = ''] = bytes.toString('utf8', 30).split('\n');
  rmSync(path);
  switch (change.how) {
    case 'flip':
      for (const [place, byte] of change.places) bytes[place % bytes.length] = byte;
      writeFileSync(path, bytes);
      return false;
    case 'cut':
      writeFileSync(path, bytes.subarray(0, change.at % bytes.length));
      return false;
    case 'header': {
      writeFileSync(
        path,
        forge(JSON.stringify({ ...(JSON.parse(head) as object), [change.member]: change.odd }), value),
      );
      return true;
    }
    case 'no header':
      writeFileSync(path, forge(JSON.stringify(change.odd), value));
      return false;
    case 'value':
      writeFileSync(path, forge(head, change.text));
      return true;
    case 'empty':
      writeFileSync(path, '');
      return false;
    case 'folder':
      mkdirSync(path);
      return false;
    case 'append':
      writeFileSync(path, Buffer.concat([bytes, Buffer.from('x')]));
      return false;
    case 'other':
      writeFileSync(path, other);
      return false;
    case 'link out':
    case 'link to itself':
    case 'link to a device':
      symlinkSync(change.how === 'link out' ? outside : change.how === 'link to itself' ? path : '/dev/zero', path);
      return false;
  }
}

test.skipIf(process.platform === 'win32')(
  'whatever becomes of its files, a tier has the entry or none, throws nothing, waits for nothing and touches nothing else',
  async () => {
    using made = temporaryFolder();
    const gold = join(made.dir, 'gold');
    const first = fileTier({ dir: gold });
    for (const key of keys) {
      await first.set(key, {
        value: valueOf(key),
        storedAt: Date.now(),
        expiresAt: Infinity,
        tags: ['t'],
        meta: { key },
      });
    }
    await first.close();
    const outside = join(made.dir, 'outside');
    writeFileSync(outside, 'not of the cache');
    const filesIn = (dir: string): string[] =>
      readdirSync(join(dir, 'v1', 'entries'), { recursive: true, encoding: 'utf8' })
        .map((name) => join(dir, 'v1', 'entries', name))
        .filter((path) => statSync(path).isFile())
        .toSorted((one, two) => one.localeCompare(two));
    const whole = readFileSync(filesIn(gold)[0] ?? '', 'utf8');
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(3), mutation), { minLength: 1, maxLength: 4 }),
        fc.constantFrom('read', 'list', 'sweep', 'write', 'delete'),
        async (changes, way) => {
          const dir = join(made.dir, `run-${String(run++)}`);
          cpSync(gold, dir, { recursive: true });
          const files = filesIn(dir);
          let forged = false;
          const touched = new Set<number>();
          for (const [which, change] of changes) {
            if (touched.has(which)) continue;
            touched.add(which);
            forged = mutate(files[which] ?? '', change, outside, whole) || forged;
          }
          const events: CacheEvent[] = [];
          const tier = fileTier({ dir, sweepInterval: Infinity });
          const cache = new TieredCache({
            memory: false,
            tiers: [tier],
            onEvent: (event) => events.push(event),
          });
          if (way === 'list') for await (const entry of tier.entries()) expect(typeof entry.key).toBe('string');
          if (way === 'sweep') await tier.prune();
          if (way === 'delete') for (const key of keys) await cache.delete(key);
          if (way === 'write') for (const key of keys) await cache.set(key, 'new');
          for (const key of keys) {
            const entry = await cache.getEntry(key);
            if (way === 'write') expect(entry?.value).toBe('new');
            else if (entry !== undefined && !forged) expect(entry.value).toEqual(valueOf(key));
            if (entry !== undefined) expect(Number.isNaN(entry.storedAt + entry.expiresAt)).toBe(false);
          }
          await tier.stats();
          // What is no entry is an event of its own, never a tier that failed.
          expect(events.filter(({ type }) => type !== 'entry-corrupt')).toEqual([]);
          await cache.close();
          expect(readFileSync(outside, 'utf8')).toBe('not of the cache');
          rmSync(dir, { recursive: true, force: true });
        },
      ),
      { numRuns, seed: 20_261_201 },
    );
  },
  600_000,
);
