import { join } from 'node:path';

import { createOrchestrator, type Pipeline, type RunResult } from '@orc/core';
import { resolveModel } from '@orc/core/ai';
import { builtInPipelines } from '@orc/core/pipelines';

import { mustHold } from '../errors.ts';
import type { Scenario } from '../scenario.ts';
import { ratioOf, summarize } from '../statistics.ts';

/** Scenario 5: a run stopped half-way and continued from its session alone. */
export const resume: Scenario = {
  id: 'resume',
  title: 'A resumed run',
  question: 'A run of 4,000 words stopped half-way: what does the rest cost, without any cache?',
  async run({ profile, dir, progress }) {
    const rounds = profile === 'full' ? 5 : 2;
    const pipeline = await (
      builtInPipelines.find((item) => item.id === 'fiction') as { load(): Promise<Pipeline> }
    ).load();
    const model = await resolveModel('offline/scribe?latencyMs=20', { env: {} });
    const request = { text: 'A novel about the keepers of a lighthouse', seed: 1, words: 4000 };
    const whole: number[] = [];
    const rest: number[] = [];
    let restored = 0;
    for (let round = 0; round < rounds; round += 1) {
      const options = { model, cache: false as const, maxWorkers: 4, dataDir: join(dir, String(round)) };
      const first = createOrchestrator(options);
      const uninterrupted: RunResult = await first.run(pipeline, request).result;
      whole.push(uninterrupted.timing.totalMs);
      const tasks = (uninterrupted.report as unknown as { readonly tasks: readonly unknown[] }).tasks.length;
      const run = first.run(pipeline, request);
      let ended = 0;
      run.subscribe((event) => {
        if (event.type !== 'task-end') return;
        ended += 1;
        if (ended === Math.floor(tasks / 2)) run.cancel(new Error('half-way'));
      });
      const stopped = await run.result;
      mustHold(stopped.status === 'cancelled', `the run to be stopped ${stopped.status}`);
      await first.close();
      const second = createOrchestrator(options);
      const continued = await (await second.resume(stopped.sessionId, { pipelines: () => pipeline })).result;
      await second.close();
      mustHold(
        continued.status === 'succeeded' && continued.text === uninterrupted.text,
        'the resumed text is another one',
      );
      restored = (continued.report as unknown as { readonly restored: number }).restored;
      mustHold(restored >= Math.floor(tasks / 2) - 8, `${restored} of ${tasks} tasks were restored`);
      rest.push(continued.timing.totalMs);
      progress((round + 1) / rounds);
    }
    const [wholeSummary, restSummary] = [summarize(whole), summarize(rest)];
    return {
      rows: [
        { id: 'whole', label: 'uninterrupted', subject: 'orc', unit: 'ms', summary: wholeSummary, chart: 'resume' },
        {
          id: 'rest',
          label: 'the rest after a resume',
          subject: 'orc',
          unit: 'ms',
          summary: restSummary,
          chart: 'resume',
        },
      ],
      ratios: [{ id: 'rest', label: 'the rest against the whole', ratio: ratioOf(restSummary, wholeSummary) }],
      notes: [
        `${restored} tasks came from the journal and were not run again; the manuscript is the uninterrupted run’s, byte for byte.`,
      ],
      absent: [],
    };
  },
};
