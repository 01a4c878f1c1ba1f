import { createOrchestrator, type Pipeline, type RunResult } from '@orc/core';
import { resolveModel } from '@orc/core/ai';
import { builtInPipelines } from '@orc/core/pipelines';

import { mustHold } from '../errors.ts';
import { shuffled } from '../random.ts';
import type { RatioRow, Row } from '../results.ts';
import type { Scenario } from '../scenario.ts';
import { criticalPathMs, simulateMakespanMs } from '../simulator.ts';
import { ratioOf, summarize, type Summary } from '../statistics.ts';
import { taskGraph, type ReportedTask } from '../task-graph.ts';

const latencyMs = 50;

/** Scenario 5: the whole fiction pipeline against a scheduler without any overhead. */
export const fiction: Scenario = {
  id: 'fiction',
  title: 'The whole fiction pipeline',
  question:
    '20,000 words on offline/scribe with 50 ms latency per call: how near does each concurrency come to a simulator fed with that run’s own graph and durations?',
  async run({ profile, random, progress }) {
    const words = profile === 'full' ? 20_000 : 4000;
    const levels = profile === 'full' ? [1, 4, 8, 16] : [4, 8];
    const rounds = profile === 'full' ? 3 : 2;
    const pipeline = await (
      builtInPipelines.find((item) => item.id === 'fiction') as { load(): Promise<Pipeline> }
    ).load();
    const model = await resolveModel(`offline/scribe?latencyMs=${latencyMs}`, { env: {} });
    const wall = new Map<number, number[]>();
    const simulated = new Map<number, number[]>();
    const critical = new Map<number, number[]>();
    const excess = new Map<number, number[]>();
    const texts = new Set<string>();
    let calls = 0;
    let done = 0;
    const add = (map: Map<number, number[]>, level: number, value: number): void =>
      void map.set(level, [...(map.get(level) ?? []), value]);
    for (let round = 0; round < rounds; round += 1) {
      for (const level of shuffled(levels, random)) {
        const orchestrator = createOrchestrator({ model, cache: false, maxWorkers: level });
        const result: RunResult = await orchestrator.run(pipeline, {
          text: 'A novel about the keepers of a lighthouse',
          seed: 1,
          words,
        }).result;
        await orchestrator.close();
        mustHold(result.status === 'succeeded', `${result.status}: ${result.error?.message ?? ''}`);
        mustHold(Math.abs((result.words ?? 0) / words - 1) <= 0.1, `${result.words} of ${words} words`);
        texts.add(result.text);
        const report = result.report as unknown as {
          readonly tasks: readonly ReportedTask[];
          readonly usage: { readonly calls: number };
        };
        const tasks = taskGraph(pipeline, report.tasks);
        calls = report.usage.calls;
        const makespan = simulateMakespanMs(tasks, level);
        add(wall, level, result.timing.totalMs);
        add(simulated, level, makespan);
        add(critical, level, criticalPathMs(tasks));
        add(excess, level, result.timing.totalMs / makespan);
        done += 1;
        progress(done / (levels.length * rounds), `concurrency ${level}`);
      }
    }
    mustHold(texts.size === 1, 'the manuscript differs between concurrencies');
    const summary = (map: Map<number, number[]>, level: number): Summary => summarize(map.get(level) as number[]);
    const rows = levels.flatMap((level): Row[] => [
      {
        id: `wall-${level}`,
        label: `concurrency ${level}`,
        subject: 'orc',
        unit: 'ms',
        summary: summary(wall, level),
        chart: 'fiction',
      },
      {
        id: `simulated-${level}`,
        label: `concurrency ${level}, simulated`,
        subject: 'simulator',
        unit: 'ms',
        summary: summary(simulated, level),
        chart: 'fiction',
      },
    ]);
    const widest = levels.at(-1) as number;
    rows.push({
      id: 'critical',
      label: 'critical path',
      subject: 'limit',
      unit: 'ms',
      summary: summary(critical, widest),
      chart: 'fiction',
    });
    const ratios: RatioRow[] = levels.map((level) => {
      const { median, min, max } = summary(excess, level);
      return {
        id: `overhead-${level}`,
        label: `measured against simulated, concurrency ${level}`,
        ratio: { value: median, low: min, high: max },
      };
    });
    ratios.push({
      id: 'speed-up',
      label: `concurrency ${widest} against ${levels[0]}`,
      ratio: ratioOf(summary(wall, widest), summary(wall, levels[0] as number)),
    });
    return {
      rows,
      ratios,
      notes: [
        `${calls} model calls in each run; the manuscript is the same at every concurrency, byte for byte.`,
        'The simulator is greedy list scheduling, longest remaining path first, on the tasks of that very run: what a scheduler without overhead would have needed.',
      ],
      absent: [],
    };
  },
};
