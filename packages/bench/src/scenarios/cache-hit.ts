import { join } from 'node:path';

import { createOrchestrator, type RunResult } from '@orc/core';
import { resolveModel } from '@orc/core/ai';

import { runChild } from '../child.ts';
import { mustHold } from '../errors.ts';
import { realisticPipeline, realisticRequest } from '../pipelines/realistic.ts';
import { shuffled } from '../random.ts';
import type { Row } from '../results.ts';
import type { Scenario } from '../scenario.ts';
import { ratioOf, summarize, type Summary } from '../statistics.ts';

const phaseMs = (result: RunResult, id: string): number => result.phases.find((phase) => phase.id === id)?.durationMs ?? Number.NaN;

/** Scenario 1: a phase of the realistic pipeline, executed and repeated. */
export const cacheHit: Scenario = {
  id: 'cache-hit',
  title: 'Cache hit',
  question: 'A phase that writes 300 words from a request of 2 KB: executed, and served from the cache.',
  async run({ profile, random, dir, progress }) {
    const model = await resolveModel('offline/scribe', { env: {} });
    const standard = createOrchestrator({ optimized: false, model });
    const optimized = createOrchestrator({ model, cache: { file: { dir: join(dir, 'cache') } } });
    const requests = profile === 'full' ? 200 : 60;
    const samples: Record<'executed' | 'executed-run' | 'hit' | 'hit-run', number[]> = { executed: [], 'executed-run': [], hit: [], 'hit-run': [] };
    const timed = async (orchestrator: typeof standard, index: number): Promise<{ result: RunResult; ms: number }> => {
      const started = performance.now();
      const result = await orchestrator.run(realisticPipeline, { text: realisticRequest(index), seed: 1 }).result;
      return { result, ms: performance.now() - started };
    };
    for (let index = 0; index < requests; index += 1) await timed(optimized, index);
    for (let index = -20; index < requests; index += 1) {
      const at = Math.max(0, index);
      for (const side of shuffled(['executed', 'hit'] as const, random)) {
        const { result, ms } = await timed(side === 'hit' ? optimized : standard, at);
        mustHold(result.status === 'succeeded', `a run ${result.status}`);
        mustHold(side === 'hit' ? result.cache.misses === 0 && result.cache.hits === 3 : result.cache.hits === 0, 'a run was served from the wrong side');
        if (index < 0) continue;
        samples[side].push(phaseMs(result, 'draft'));
        samples[`${side}-run`].push(ms);
      }
      progress((index + 20) / (requests + 40));
    }
    await standard.close();
    await optimized.close();
    const file: number[] = [];
    const processes = profile === 'full' ? 11 : 5;
    for (let index = 0; index < processes; index += 1) {
      const child = await runChild<{ ms: number; tier: string }>(new URL('../children/file-hit.js', import.meta.url), { args: [join(dir, 'cache'), String(index)] });
      mustHold(child.tier === 'file', `the fresh process was served by ${child.tier}`);
      file.push(child.ms);
      progress((requests + 20 + index * 2) / (requests + 40));
    }
    const summaries = Object.fromEntries(Object.entries(samples).map(([id, values]) => [id, summarize(values)])) as Record<keyof typeof samples, Summary>;
    const row = (id: string, label: string, summary: Summary, extra: Partial<Row> = {}): Row => ({ id, label, subject: 'orc', unit: 'ms', summary, ...extra });
    return {
      rows: [
        row('executed', 'the phase, executed (standard)', summaries.executed, { documented: '192 µs', chart: 'phase' }),
        row('hit', 'the phase, from memory', summaries.hit, { documented: '5 µs', chart: 'phase' }),
        row('file', 'the phase, first hit of a fresh process, from its file', summarize(file), { chart: 'phase' }),
        row('executed-run', 'the whole run of three phases, standard', summaries['executed-run'], { chart: 'run' }),
        row('hit-run', 'the whole run of three phases, from memory', summaries['hit-run'], { chart: 'run' }),
      ],
      ratios: [
        { id: 'phase', label: 'the phase from memory against executing it', ratio: ratioOf(summaries.hit, summaries.executed) },
        { id: 'run', label: 'the run from memory against executing it', ratio: ratioOf(summaries['hit-run'], summaries['executed-run']) },
      ],
      notes: ['Both sides are real: standard executes the model call with optimizations off. Documented: 97 % less. The original’s figure compares a mock that sleeps with itself.'],
      absent: [],
    };
  },
};
