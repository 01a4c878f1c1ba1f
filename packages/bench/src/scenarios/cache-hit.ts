import { createHash } from 'node:crypto';
import { join } from 'node:path';

import { createOrchestrator, type RunResult } from '@orc/core';
import { resolveModel } from '@orc/core/ai';

import { mustHold } from '../errors.ts';
import { formatFigure } from '../format.ts';
import { measureInterleaved } from '../measure.ts';
import { realisticPipeline, realisticRequest } from '../pipelines/realistic.ts';
import { runChild } from '../processes/child.ts';
import type { Row } from '../results.ts';
import { Samples } from '../samples.ts';
import type { Scenario } from '../scenario.ts';
import { ratioOf, type Summary } from '../statistics.ts';

const sizes = {
  full: { requests: 100, rounds: 21, roundMs: 300, processes: 11 },
  short: { requests: 30, rounds: 9, roundMs: 200, processes: 3 },
  smoke: { requests: 5, rounds: 1, roundMs: 20, processes: 1 },
};
const phases = 3;

type Side = 'executed' | 'hit';

/** Fails where a run was served from the wrong side, and gives the milliseconds of its model phase. The report, made when read, is left unread. */
function draftMs(result: RunResult, side: Side): number {
  mustHold(result.status === 'succeeded', `a run ${result.status}: ${result.error?.message ?? ''}`);
  const { hits, misses } = result.cache;
  const { outputTokens } = result.usage;
  if (side === 'hit')
    mustHold(
      hits === phases && misses === 0 && outputTokens === 0,
      `the repeat had ${hits} hits of ${phases}, and the model wrote ${outputTokens} tokens`,
    );
  else
    mustHold(
      hits === 0 && outputTokens > 0,
      `the standard run had ${hits} hits, and the model wrote ${outputTokens} tokens`,
    );
  const draft = result.phases.find((phase) => phase.id === 'draft');
  mustHold(draft?.status === 'fulfilled', `the phase ${draft?.status ?? 'is not there'}`);
  return draft.durationMs;
}

/** Scenario 1: a phase of the realistic pipeline, executed and repeated. */
export const cacheHit: Scenario = {
  id: 'cache-hit',
  title: 'Cache hit',
  question: 'A phase that writes 300 words from a request of 2 KB: executed, and served from the cache.',
  async run({ profile, random, dir, progress }) {
    const { requests, rounds, roundMs, processes } = sizes[profile];
    const model = await resolveModel('offline/scribe', { env: {} });
    const folder = join(dir, 'cache');
    const standard = createOrchestrator({ optimized: false, model });
    const optimized = createOrchestrator({ model, cache: { file: { dir: folder } } });
    const samples = new Samples();
    const asked = Array.from({ length: requests }, (_, index) => ({ text: realisticRequest(index), seed: 1 }));
    const written: string[] = [];
    for (const request of asked) written.push((await optimized.run(realisticPipeline, request).result).text);
    let turn = 0;
    const run = async (orchestrator: typeof standard, side: Side): Promise<RunResult> => {
      turn = (turn + 1) % requests;
      const result = await orchestrator.run(realisticPipeline, asked[turn] as (typeof asked)[number]).result;
      mustHold(result.text === written[turn], 'the text is another one than the first time');
      samples.add(side, draftMs(result, side));
      return result;
    };
    const runs = await measureInterleaved(
      [
        { id: 'executed', run: () => run(standard, 'executed') },
        { id: 'hit', run: () => run(optimized, 'hit') },
        {
          id: 'digest',
          run: () =>
            createHash('sha256')
              .update(asked[0]?.text ?? '')
              .digest(),
        },
      ],
      { rounds, roundMs, random, timeBoxMs: 40_000, onRound: (done, of) => progress((done / of) * 0.8) },
    );
    await standard.close();
    await optimized.close();
    for (let index = 0; index < processes; index += 1) {
      const child = await runChild<{ ms: number; tier: string }>(new URL('../children/file-hit.js', import.meta.url), {
        args: [folder, String(index % requests)],
      });
      mustHold(child.tier === 'file', `the fresh process was served by ${child.tier}`);
      samples.add('file', child.ms);
      progress(0.8 + (0.2 * (index + 1)) / processes, 'fresh processes');
    }
    const [executed, hit] = [samples.summary('executed'), samples.summary('hit')];
    const digest = runs.summary('digest');
    const row = (id: string, label: string, summary: Summary, extra: Partial<Row>): Row => ({
      id,
      label,
      subject: 'orc',
      unit: 'ms',
      summary,
      ...extra,
    });
    const [phase, whole] = ['A phase that writes 300 words', 'A run of three phases'];
    return {
      rows: [
        row('executed', 'the phase, executed (standard)', executed, {
          documented: '192 µs',
          chart: phase,
          bar: 'executed',
        }),
        row('hit', 'the phase, from memory', hit, {
          documented: '5 µs',
          limit: `${formatFigure(digest.median, 'ms')}, the digest`,
          chart: phase,
          bar: 'from memory',
        }),
        row('digest', 'SHA-256 of the request alone', digest, { subject: 'node:crypto' }),
        row('file', 'the phase, first hit of a fresh process, from its file', samples.summary('file'), {
          chart: phase,
          bar: 'fresh process, from its file',
        }),
        row('executed-run', 'the whole run of three phases, standard', runs.summary('executed'), {
          chart: whole,
          bar: 'standard',
        }),
        row('hit-run', 'the whole run of three phases, from memory', runs.summary('hit'), {
          chart: whole,
          bar: 'from memory',
        }),
      ],
      ratios: [
        { id: 'phase', label: 'the phase from memory against executing it', ratio: ratioOf(hit, executed) },
        { id: 'run', label: 'the run from memory against executing it', ratio: runs.paired('hit', 'executed') },
      ],
      notes: [
        'Both sides are real: in a standard run the model writes and nothing hits, in a repeat all three phases hit and the model writes nothing; a run that does otherwise, or gives another text, fails the scenario.',
        'A hit is timed as the engine sees it: prompt, key (SHA-256 over the 2 KB request and all that shapes the reply), lookup, events. Documented: 97 % less. The original’s figure compares a mock that sleeps with itself.',
        'The fresh process pays for cold code besides the file: its first hit runs in the interpreter.',
      ],
      absent: [],
    };
  },
};
