import { closeSync, fdatasyncSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
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

/** One append of so many bytes and its fsync: what a disk takes at least to keep something. */
function append(dir, bytes) {
  const file = openSync(join(dir, `fsync-${bytes}`), 'a');
  const block = Buffer.alloc(bytes, 120);
  return () => {
    writeSync(file, block);
    fsyncSync(file);
  };
}

/** The bare calls that record a large output: a new file, flushed with its folder, then a line that is flushed. */
function bareLarge(dir, bytes) {
  const folder = join(dir, 'bare');
  mkdirSync(folder);
  const journal = openSync(join(dir, 'bare-journal'), 'a');
  const block = Buffer.alloc(bytes, 120);
  let index = 0;
  return () => {
    const name = String(index++);
    const temp = join(dir, `bare-${name}`);
    const file = openSync(temp, 'wx', 0o600);
    writeSync(file, block);
    renameSync(temp, join(folder, name));
    fdatasyncSync(file);
    closeSync(file);
    const parent = openSync(folder, 'r');
    fsyncSync(parent);
    closeSync(parent);
    writeSync(journal, 'x'.repeat(500));
    fdatasyncSync(journal);
  };
}

/**
 * Uses so much memory for a file, and gives it back. A virtual machine gets memory that it has never used page by page from its host, at 10 µs each: 64 of
 * them to write 256 KB, for whoever comes first.
 */
function warmMemory(dir, bytes) {
  const path = join(dir, 'warm');
  const file = openSync(path, 'wx');
  const block = Buffer.alloc(1024 * 1024, 120);
  for (let written = 0; written < bytes; written += block.length) writeSync(file, block);
  closeSync(file);
  rmSync(path);
}

/** So many times of something, in microseconds. */
function times(work, count) {
  const values = [];
  for (let index = 0; index < count; index += 1) {
    const begun = performance.now();
    work();
    values.push((performance.now() - begun) * 1000);
  }
  return values;
}

/** What a phase takes that hands over so many bytes, in microseconds: 45 of them less 5, so that what a run takes anyway is left out. */
function phasesOf(dir, bytes, { cached = false } = {}) {
  const orchestrator = createOrchestrator({ dataDir: dir, cache: cached ? {} : false });
  const short = chainOf(5, bytes);
  const long = chainOf(45, bytes);
  const time = async (pipeline) => {
    const begun = performance.now();
    const { status } = await orchestrator.run(pipeline, { text: 'journal', seed: 1 }).result;
    if (status !== 'succeeded') throw new Error(status);
    return (performance.now() - begun) * 1000;
  };
  return {
    take: async () => {
      const few = await time(short);
      return ((await time(long)) - few) / 40;
    },
    close: () => orchestrator.close(),
  };
}

/** What the journal adds to a phase, beside one fsync of this disk; each round takes a few of everything, since a disk is not the same for long. */
export async function runJournal({ quick }) {
  const { dir: all, place: dir } = await quickPlace();
  const bare = { fsync: append(dir, 4096), largeFsync: append(dir, 256 * 1024), bareLarge: bareLarge(dir, 256 * 1024) };
  const phases = {
    small: phasesOf(dir, 1024),
    large: phasesOf(dir, 256 * 1024),
    hit: phasesOf(dir, 1024, { cached: true }),
  };
  const taken = { fsync: [], largeFsync: [], bareLarge: [], small: [], large: [], hit: [] };
  try {
    warmMemory(dir, 1024 ** 3);
    for (let round = -1; round < (quick ? 3 : 15); round += 1) {
      for (const [name, work] of Object.entries(bare)) {
        const values = times(work, 20);
        if (round >= 0) taken[name].push(...values);
      }
      for (const [name, { take }] of Object.entries(phases)) {
        const value = await take();
        if (round >= 0) taken[name].push(value);
      }
    }
    for (const { close } of Object.values(phases)) await close();
    const { fsync, largeFsync, small, large, hit } = taken;
    return {
      fsyncUs: spread(fsync),
      fsync256KbUs: spread(largeFsync),
      phaseUs: spread(small),
      phase256KbUs: spread(large),
      bare256KbUs: spread(taken.bareLarge),
      hitUs: spread(hit),
      inFsyncs: median(small) / median(fsync),
      // Flushing 256 KB takes longer than flushing 4 KB, whoever asks for it.
      largeInFsyncs: median(large) / median(largeFsync),
      largeInSmallFsyncs: median(large) / median(fsync),
      largeInBare: median(large) / median(taken.bareLarge),
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
