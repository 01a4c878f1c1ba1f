import { join } from 'node:path';

import { createOrchestrator, type RunResult } from '@orc/core';
import { resolveModel } from '@orc/core/ai';

import { runChild } from '../child.ts';
import { mustHold } from '../errors.ts';
import { measureInterleaved } from '../measure.ts';
import { realisticPipeline, realisticRequest } from '../pipelines/realistic.ts';
import type { Row } from '../results.ts';
import type { Scenario } from '../scenario.ts';
import { ratioOf, summarize, type Summary } from '../statistics.ts';

const phaseMs = (result: RunResult, id: string): number =>
  result.phases.find((phase) => phase.id === id)?.durationMs ?? Number.NaN;

/** Scenario 1: a phase of the realistic pipeline, executed and repeated. */
export const cacheHit: Scenario = {
  id: 'cache-hit',
  title: 'Cache hit',
  question: 'A phase that writes 300 words from a request of 2 KB: executed, and served from the cache.',
  async run({ profile, random, dir, progress }) {
    const model = await resolveModel('offline/scribe', { env: {} });
    const standard = createOrchestrator({ optimized: false, model });
    const optimized = createOrchestrator({ model, cache: { file: { dir: join(dir, 'cache') } } });
    const requests = profile === 'full' ? 100 : 30;
    const phases: Record<'executed' | 'hit', number[]> = { executed: [], hit: [] };
    for (let index = 0; index < requests; index += 1)
      await optimized.run(realisticPipeline, { text: realisticRequest(index), seed: 1 }).result;
    let turn = 0;
    const run = async (orchestrator: typeof standard, side: 'executed' | 'hit'): Promise<RunResult> => {
      turn += 1;
      const result = await orchestrator.run(realisticPipeline, { text: realisticRequest(turn % requests), seed: 1 })
        .result;
      mustHold(result.status === 'succeeded', `a run ${result.status}: ${result.error?.message ?? ''}`);
      mustHold(
        side === 'hit' ? result.cache.misses === 0 && result.cache.hits === 3 : result.cache.hits === 0,
        'a run was served from the wrong side',
      );
      phases[side].push(phaseMs(result, 'draft'));
      return result;
    };
    const runs = await measureInterleaved(
      [
        { id: 'executed', run: () => run(standard, 'executed') },
        { id: 'hit', run: () => run(optimized, 'hit') },
      ],
      {
        rounds: profile === 'full' ? 21 : 7,
        roundMs: profile === 'full' ? 400 : 150,
        random,
        onRound: (done, of) => progress((done / of) * 0.8),
      },
    );
    await standard.close();
    await optimized.close();
    const file: number[] = [];
    const processes = profile === 'full' ? 11 : 5;
    for (let index = 0; index < processes; index += 1) {
      const child = await runChild<{ ms: number; tier: string }>(new URL('../children/file-hit.js', import.meta.url), {
        args: [join(dir, 'cache'), String(index)],
      });
      mustHold(child.tier === 'file', `the fresh process was served by ${child.tier}`);
      file.push(child.ms);
      progress(0.8 + (0.2 * (index + 1)) / processes);
    }
    const executed = summarize(phases.executed);
    const hit = summarize(phases.hit);
    const executedRun = runs.get('executed') as Summary;
    const hitRun = runs.get('hit') as Summary;
    const row = (id: string, label: string, summary: Summary, extra: Partial<Row> = {}): Row => ({
      id,
      label,
      subject: 'orc',
      unit: 'ms',
      summary,
      ...extra,
    });
    return {
      rows: [
        row('executed', 'the phase, executed (standard)', executed, { documented: '192 µs', chart: 'phase' }),
        row('hit', 'the phase, from memory', hit, { documented: '5 µs', chart: 'phase' }),
        row('file', 'the phase, first hit of a fresh process, from its file', summarize(file), { chart: 'phase' }),
        row('executed-run', 'the whole run of three phases, standard', executedRun, { chart: 'run' }),
        row('hit-run', 'the whole run of three phases, from memory', hitRun, { chart: 'run' }),
      ],
      ratios: [
        { id: 'phase', label: 'the phase from memory against executing it', ratio: ratioOf(hit, executed) },
        { id: 'run', label: 'the run from memory against executing it', ratio: ratioOf(hitRun, executedRun) },
      ],
      notes: [
        'Both sides are real: standard executes the model call with optimizations off. Documented: 97 % less. The original’s figure compares a mock that sleeps with itself.',
      ],
      absent: [],
    };
  },
};
