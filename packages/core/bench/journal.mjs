import { closeSync, fdatasyncSync, fsyncSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createOrchestrator, definePhase, definePipeline } from '../dist/index.js';
import { quickPlace } from './place.mjs';
import { median, spread } from './statistics.mjs';

/** A chain of phases that each hand over a text of so many bytes, made beforehand: each another one, since equal outputs are kept once. */
function chainOf(length, bytes) {
  const phases = [];
  for (let index = 0; index < length; index += 1) {
    const needs = index === 0 ? {} : { previous: phases[index - 1] };
    const text = `${index} `.padEnd(bytes, 'x');
    phases.push(definePhase({ id: `p${index}`, kind: 'compute', needs, source: String(bytes), run: () => text }));
  }
  return definePipeline({
    id: `journal-${length}-${bytes}`,
    version: '1',
    description: '',
    phases,
    result: { phase: phases.at(-1), text: () => '' },
  });
}

/** One append of so many bytes and its fsync, in microseconds. */
function fsyncs(dir, bytes, count) {
  const file = openSync(join(dir, 'fsync'), 'a');
  const block = Buffer.alloc(bytes, 120);
  const values = [];
  for (let index = 0; index < count; index += 1) {
    const begun = performance.now();
    writeSync(file, block);
    fsyncSync(file);
    values.push((performance.now() - begun) * 1000);
  }
  closeSync(file);
  return values;
}

/** The bare calls that record a large output: a new file, flushed with its folder, then a line that is flushed. In microseconds. */
function bareLarge(dir, bytes, count) {
  const folder = join(dir, 'bare');
  mkdirSync(folder);
  const journal = openSync(join(dir, 'bare-journal'), 'a');
  const block = Buffer.alloc(bytes, 120);
  const values = [];
  for (let index = 0; index < count; index += 1) {
    const begun = performance.now();
    const temp = join(dir, `bare-${index}`);
    const file = openSync(temp, 'wx', 0o600);
    writeSync(file, block);
    renameSync(temp, join(folder, String(index)));
    fdatasyncSync(file);
    closeSync(file);
    const parent = openSync(folder, 'r');
    fsyncSync(parent);
    closeSync(parent);
    writeSync(journal, 'x'.repeat(500));
    fdatasyncSync(journal);
    values.push((performance.now() - begun) * 1000);
  }
  closeSync(journal);
  return values;
}

async function perPhase(dir, bytes, { rounds, cached = false }) {
  const orchestrator = createOrchestrator({ dataDir: dir, cache: cached ? {} : false });
  const short = chainOf(5, bytes);
  const long = chainOf(45, bytes);
  const values = [];
  const time = async (pipeline) => {
    const begun = performance.now();
    const { status } = await orchestrator.run(pipeline, { text: 'journal', seed: 1 }).result;
    if (status !== 'succeeded') throw new Error(status);
    return (performance.now() - begun) * 1000;
  };
  for (let round = -1; round < rounds; round += 1) {
    const few = await time(short);
    const many = await time(long);
    if (round >= 0) values.push((many - few) / 40);
  }
  await orchestrator.close();
  return values;
}

/** What the journal adds to a phase, beside one fsync of this disk. */
export async function runJournal({ quick }) {
  const { dir: all, place: dir } = await quickPlace();
  const rounds = quick ? 3 : 9;
  try {
    const fsync = fsyncs(dir, 4096, quick ? 50 : 300);
    const largeFsync = fsyncs(dir, 256 * 1024, quick ? 20 : 100);
    const small = await perPhase(dir, 1024, { rounds });
    const large = await perPhase(dir, 256 * 1024, { rounds });
    const bare = bareLarge(dir, 256 * 1024, quick ? 40 : 200);
    const hit = await perPhase(dir, 1024, { rounds, cached: true });
    return {
      fsyncUs: spread(fsync),
      fsync256KbUs: spread(largeFsync),
      phaseUs: spread(small),
      phase256KbUs: spread(large),
      bare256KbUs: spread(bare),
      hitUs: spread(hit),
      inFsyncs: median(small) / median(fsync),
      // Flushing 256 KB takes longer than flushing 4 KB, whoever asks for it.
      largeInFsyncs: median(large) / median(largeFsync),
      largeInSmallFsyncs: median(large) / median(fsync),
      largeInBare: median(large) / median(bare),
      hitInFsyncs: median(hit) / median(fsync),
    };
  } finally {
    await rm(all, { recursive: true, force: true });
  }
}

/** From `resume` to the first task that is new, of a session of 200 finished tasks. */
export async function runResume({ quick }) {
  const dir = await mkdtemp(join(tmpdir(), 'orc-bench-'));
  const values = [];
  try {
    for (let round = 0; round < (quick ? 5 : 20); round += 1) {
      let broken = true;
      let first = 0;
      const work = definePhase({
        id: 'work',
        kind: 'compute',
        forEach: () => Array.from({ length: 200 }, (_, index) => ({ key: `k${index}`, value: index })),
        run: ({ item }) => `${item} `.padEnd(2048, 'x'),
      });
      const end = definePhase({
        id: 'end',
        kind: 'compute',
        needs: { work },
        run: () => {
          if (broken) throw new Error('broken');
          first = performance.now();
          return 'end';
        },
      });
      const pipeline = definePipeline({
        id: 'resumed',
        version: '1',
        description: '',
        phases: [work, end],
        result: { phase: end, text: (output) => output },
      });
      const orchestrator = createOrchestrator({ dataDir: dir, cache: false });
      const { sessionId } = await orchestrator.run(pipeline, { text: 'resume', seed: 1 }).result;
      broken = false;
      const begun = performance.now();
      await (
        await orchestrator.resume(sessionId, { pipelines: () => pipeline })
      ).result;
      values.push(first - begun);
      await orchestrator.close();
    }
    return { firstNewTaskMs: spread(values) };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
