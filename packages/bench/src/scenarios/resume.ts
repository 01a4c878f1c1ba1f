import { join } from 'node:path';

import { createOrchestrator } from '@orc/core';
import { resolveModel } from '@orc/core/ai';

import { mustHold } from '../errors.ts';
import { Samples } from '../samples.ts';
import type { Row } from '../results.ts';
import type { Scenario } from '../scenario.ts';
import { fictionPipeline, novel, reportOf } from './fiction-pipeline.ts';

const words = 4000;
const workers = 4;
const rounds = { full: 9, short: 2, smoke: 1 };

/** Scenario 5: a run stopped half-way and continued from its session alone. */
export const resume: Scenario = {
  id: 'resume',
  title: 'A resumed run',
  question: 'A run of 4,000 words stopped half-way: what does the rest cost, without any cache?',
  async run({ profile, dir, progress }) {
    const pipeline = await fictionPipeline();
    const model = await resolveModel('offline/scribe?latencyMs=50', { env: {} });
    const request = { ...novel, words };
    const samples = new Samples();
    let [tasks, stopAt, calls, saved, restored] = [0, 0, 0, 0, 0];
    for (let round = -1; round < rounds[profile]; round += 1) {
      const keep = (name: string, value: number): void => (round < 0 ? undefined : samples.add(name, value));
      const options = { model, cache: false as const, maxWorkers: workers, dataDir: join(dir, String(round)) };
      const first = createOrchestrator(options);
      const uninterrupted = await first.run(pipeline, request).result;
      const whole = reportOf(uninterrupted, words);
      keep('whole', uninterrupted.timing.totalMs);
      tasks = whole.tasks.length;
      stopAt = Math.floor(tasks / 2);
      calls = whole.usage.calls;
      const run = first.run(pipeline, request);
      let [ended, called] = [0, 0];
      run.subscribe((event) => {
        if (event.type === 'model-end') called += 1;
        if (event.type !== 'task-end') return;
        ended += 1;
        if (ended === stopAt) run.cancel(new Error('half-way'));
      });
      const stopped = await run.result;
      mustHold(stopped.status === 'cancelled', `the run to be stopped ${stopped.status}`);
      await first.close();
      const second = createOrchestrator(options);
      const continued = await (await second.resume(stopped.sessionId, { pipelines: () => pipeline })).result;
      await second.close();
      const rest = reportOf(continued, words);
      mustHold(continued.text === uninterrupted.text, 'the resumed text is another one');
      restored = rest.restored;
      // What was in flight when it stopped is lost, and nothing else.
      mustHold(
        restored >= stopAt && restored <= stopAt + workers,
        `${restored} of ${stopAt} ended tasks were restored`,
      );
      saved = calls - rest.usage.calls;
      mustHold(saved > 0, `the rest made ${rest.usage.calls} of ${calls} calls`);
      // At most the calls in flight are made twice.
      mustHold(
        called + rest.usage.calls <= calls + workers,
        `${called} + ${rest.usage.calls} calls instead of ${calls}`,
      );
      keep('rest', continued.timing.totalMs);
      progress((round + 2) / (rounds[profile] + 1));
    }
    const row = (id: string, label: string): Row => ({
      id,
      label,
      subject: 'orc',
      unit: 'ms',
      summary: samples.summary(id),
      chart: '4,000 words, stopped half-way',
    });
    return {
      rows: [row('whole', 'uninterrupted'), row('rest', 'the rest after a resume')],
      ratios: [{ id: 'rest', label: 'the rest against the whole', ratio: samples.paired('rest', 'whole') }],
      counts: [
        { id: 'tasks', label: 'tasks of the whole run', value: tasks },
        { id: 'restored', label: 'tasks that came from the journal', value: restored },
        { id: 'calls', label: 'model calls of the whole run', value: calls },
        { id: 'calls-saved', label: 'model calls that the resumed run did not make again', value: saved },
      ],
      notes: [
        'There is no cache: what was done comes from the session’s journal. The manuscript is the uninterrupted run’s, byte for byte; at most what was in flight is done again.',
      ],
      absent: [],
    };
  },
};
