import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { folderOfFile } from '../../../../test-support/temporary-folder.ts';
import { createOrchestrator, definePhase, definePipeline, each, isOrcError } from '../../src/index.ts';
import type { Orchestrator } from '../../src/index.ts';
import { parseReport } from '../../src/report/report-schema.ts';
import { seededRandom, type SeededRandom } from '../support/seeded-random.ts';
import { snapshot } from '../support/session-snapshot.ts';
import { StillClock, passing, testStore } from './support.ts';

/** How many folders are tried: `ORC_FUZZ_LONG=1` tries five thousand. */
const rounds = process.env['ORC_FUZZ_LONG'] === '1' ? 5000 : 300;
const seed = 20_261_201;

const list = definePhase({ id: 'list', kind: 'compute', run: () => ['x', 'y', 'z'].map((word) => `${word}-word`) });
const item = definePhase({
  id: 'item',
  kind: 'compute',
  needs: { list },
  forEach: ({ inputs }) => inputs.list.map((value) => ({ key: value, value })),
  when: ({ item: word }) => word !== 'y-word',
  run: ({ item: word }) => ({ word, length: word.length }),
  artifacts: (output, { key }) => [{ path: `${key}.md`, content: JSON.stringify(output) }],
});
const large = definePhase({ id: 'large', kind: 'compute', needs: { item }, run: () => 'long text '.repeat(8000) });
const size = definePhase({
  id: 'size',
  kind: 'compute',
  forEach: { phase: item },
  needs: { one: each(item) },
  run: ({ inputs }) => inputs.one?.length ?? 0,
});
const join_ = definePhase({
  id: 'join',
  kind: 'compute',
  needs: { item, large, size },
  run: ({ inputs }) => `${JSON.stringify(inputs.item)} ${inputs.large.length} ${JSON.stringify(inputs.size)}`,
});
const pipeline = definePipeline({
  id: 'fuzzed',
  version: '1',
  description: 'items, what is left out, a large output, artifacts',
  phases: [list, item, large, size, join_],
  result: { phase: join_, text: (text) => text },
});

const data = folderOfFile();
const gold = join(data, 'gold');
const id = '20261101-101010-aaaa';
const dir = join(data, 'sessions', id);
const home = join(data, 'home');
let orchestrator: Orchestrator;
let good = '';
let journal: readonly string[] = [];

beforeAll(async () => {
  await mkdir(home);
  await writeFile(join(home, '.bashrc'), 'mine\n');
  orchestrator = createOrchestrator({ dataDir: data, cache: false });
  const result = await orchestrator.run(pipeline, { text: 'x', seed: 1 }, { sessionId: id }).result;
  good = result.text;
  await cp(dir, gold, { recursive: true });
  journal = (await readFile(join(gold, 'journal.ndjson'), 'utf8')).split('\n').filter(Boolean);
});

afterAll(() => orchestrator.close());

const junk: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e300,
  1e21,
  1.5,
  '',
  'x',
  '\u001B[31m',
  '__proto__',
  '\uD800',
  '<script>',
  'a'.repeat(2000),
  '../../../etc/passwd',
  [],
  {},
  [1],
  { length: 1e9 },
  JSON.parse('{"__proto__":{"x":1}}') as unknown,
];

type Place = { readonly holder: Record<string, unknown>; readonly name: string };

function placesIn(value: unknown): readonly Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((name) => [{ holder, name }, ...placesIn(holder[name])]);
}

function mutate(value: object, random: SeededRandom): object {
  for (let count = 1 + random.below(3); count > 0; count -= 1) {
    const places = placesIn(value);
    if (places.length === 0) return value;
    const { holder, name } = random.pick(places);
    const old = holder[name];
    const kind = random.below(4);
    if (kind === 0) delete holder[name];
    else if (kind === 1) holder[name] = random.pick(junk);
    else if (kind === 2) {
      const other = random.pick(places);
      holder[name] = structuredClone(other.holder[other.name]);
    } else if (typeof old === 'number') holder[name] = random.pick([-old, old * 1e15, old + 0.5, 0]);
    else if (typeof old === 'string')
      holder[name] = old.slice(0, random.below(old.length + 1)) + random.pick(['', '/', '..', '\n', '\u0000', '0']);
    else holder[name] = random.pick(junk);
  }
  return value;
}

/** A line with its checksum made right again. */
function resealed(line: string, random: SeededRandom): string {
  const { crc: _crc, ...record } = JSON.parse(line) as { crc: string };
  const rest = JSON.stringify(mutate(record, random)).slice(1);
  return `{"crc":"${crc32(rest).toString(16).padStart(8, '0')}",${rest}`;
}

async function mutateJournal(random: SeededRandom): Promise<void> {
  let lines = [...journal];
  const kind = random.below(8);
  if (kind === 0) lines.splice(random.below(lines.length), 1 + random.below(3));
  else if (kind === 1) lines.splice(random.below(lines.length), 0, random.pick(lines));
  else if (kind === 2) lines = lines.toSorted(() => random.next() - 0.5);
  else if (kind === 3) lines = lines.slice(0, random.below(lines.length + 1));
  else lines = lines.map((line) => (random.chance(0.4) ? resealed(line, random) : line));
  let text = lines.join('\n') + (random.chance(0.8) ? '\n' : '');
  if (random.chance(0.1)) text = text.slice(0, random.below(text.length));
  if (random.chance(0.03)) text += '\u0000'.repeat(random.below(5000));
  if (random.chance(0.02)) text += `${'['.repeat(100_000)}\n`;
  await writeFile(join(dir, 'journal.ndjson'), text);
}

async function mutateFile(name: string, random: SeededRandom): Promise<void> {
  const path = join(dir, name);
  let text = JSON.stringify(mutate(JSON.parse(await readFile(path, 'utf8')) as object, random));
  if (random.chance(0.1)) text = text.slice(0, random.below(text.length));
  if (random.chance(0.02)) text = '['.repeat(50_000);
  await writeFile(path, text);
}

async function mutateOutputs(random: SeededRandom): Promise<void> {
  for (const name of await readdir(join(dir, 'outputs'))) {
    const path = join(dir, 'outputs', name);
    const kind = random.below(4);
    if (kind !== 3) await rm(path);
    if (kind === 1) await writeFile(path, 'x');
    if (kind === 2) await mkdir(path);
  }
  if (random.chance(0.5)) await rm(join(dir, 'artifacts'), { recursive: true });
  if (random.chance(0.2)) await writeFile(join(dir, 'tmp'), 'x');
}

const holder = { pid: 100, host: 'host-a', processStart: 'a', boot: 'boot-1', heartbeat: 1, beats: 1, token: 't' };

type Part = 'journal' | 'plan' | 'report' | 'outputs' | 'lock';
const parts: readonly Part[] = ['journal', 'journal', 'journal', 'plan', 'report', 'outputs', 'lock'];

async function breakIt(part: Part, random: SeededRandom): Promise<void> {
  await rm(dir, { recursive: true, force: true });
  await cp(gold, dir, { recursive: true });
  if (part === 'journal') await mutateJournal(random);
  else if (part === 'outputs') await mutateOutputs(random);
  else if (part === 'lock') await writeFile(join(dir, 'lock'), JSON.stringify(mutate({ ...holder }, random)));
  else await mutateFile(`${part}.json`, random);
}

/** Opens a session whose lock is odd, under a clock that does not keep anybody waiting. */
async function openAtLock(): Promise<void> {
  const clock = new StillClock();
  const session = await passing(clock, testStore(data, { clock, pid: 200 }).open(id), 5000);
  await session.close();
}

async function resume(part: Part): Promise<void> {
  const run = await orchestrator.resume(id, { pipelines: () => pipeline, trustForeign: true });
  const { status, text, error } = await run.result;
  if (status !== 'succeeded') expect(error?.code).toMatch(/^ERR_ORC_/);
  // What a plan asks for is another request; nothing else may change the result.
  else if (part !== 'plan') expect(text).toBe(good);
}

test(`of ${rounds} session folders comes the honest result or one clear error`, { timeout: 20 * 60_000 }, async () => {
  const random = seededRandom(seed);
  const { sessions } = orchestrator;
  const before = await snapshot(home);
  const told = { results: 0, errors: 0 };
  for (let round = 0; round < rounds; round += 1) {
    const part = random.pick(parts);
    await breakIt(part, random);
    const work = random.pick([
      () => (part === 'lock' ? openAtLock() : resume(part)),
      () => (part === 'lock' ? openAtLock() : resume(part)),
      async () => void (await sessions.read(id)),
      async () => {
        const report = await sessions.report(id);
        expect(report === undefined || parseReport(report) !== undefined).toBe(true);
      },
      async () => {
        const page = await sessions.page();
        for (const { error } of page.unreadable) if (!isOrcError(error)) throw error as Error;
        expect(page.sessions.length + page.unreadable.length).toBeLessThanOrEqual(1);
      },
      async () => void (await sessions.latest()),
      async () => void (await sessions.prune({ olderThanMs: 10 ** 13 })),
      async () => void (await orchestrator.plan(pipeline, { text: 'x', seed: 1 })),
    ]);
    try {
      await work();
      told.results += 1;
    } catch (error) {
      if (!isOrcError(error)) throw new Error(`round ${round} (${part}) of seed ${seed}`, { cause: error });
      told.errors += 1;
    }
  }
  expect(told.results + told.errors).toBe(rounds);
  expect(told.results).toBeGreaterThan(rounds / 3);
  expect(told.errors).toBeGreaterThan(0);
  expect(await snapshot(home)).toEqual(before);
  await sessions.remove(id);
  expect(({} as { x?: unknown }).x).toBeUndefined();
});
