import { createOrchestrator, type Orchestrator, type Pipeline } from '@orc/core';
import { resolveModel } from '@orc/core/ai';

import { mustHold } from '../errors.ts';
import { shuffled } from '../random.ts';
import type { RatioRow, Row } from '../results.ts';
import { Samples } from '../samples.ts';
import type { Scenario } from '../scenario.ts';
import { criticalPathMs, simulateMakespanMs } from '../simulator.ts';
import type { Summary } from '../statistics.ts';
import { taskGraph } from '../task-graph.ts';
import { fictionPipeline, novel, reportOf } from './fiction-pipeline.ts';

const latencyMs = 50;
const sizes = {
  full: { words: 20_000, levels: [1, 4, 8, 16], rounds: 5 },
  short: { words: 4000, levels: [4, 8], rounds: 3 },
  smoke: { words: 2000, levels: [8], rounds: 1 },
};

interface Measured {
  readonly text: string;
  readonly calls: number;
}

/** Runs the pipeline once and keeps, under `name`, what it took and what the simulator and the critical path say of that very run. */
async function runOnce(
  orchestrator: Orchestrator,
  pipeline: Pipeline,
  words: number,
  level: number,
  keep: (what: 'wall' | 'simulated' | 'critical', value: number) => void,
): Promise<Measured> {
  const result = await orchestrator.run(pipeline, { ...novel, words }).result;
  const report = reportOf(result, words);
  mustHold(report.usage.calls > 0 && result.cache.hits === 0, `${report.usage.calls} calls, ${result.cache.hits} hits`);
  const tasks = taskGraph(pipeline, report.tasks);
  keep('wall', result.timing.totalMs);
  keep('simulated', simulateMakespanMs(tasks, level));
  keep('critical', criticalPathMs(tasks));
  return { text: result.text, calls: report.usage.calls };
}

/** Scenario 5: the whole fiction pipeline against a scheduler without any overhead. */
export const fiction: Scenario = {
  id: 'fiction',
  title: 'The whole fiction pipeline',
  question:
    '20,000 words on offline/scribe with 50 ms latency per call: how near does each concurrency come to a simulator fed with that run’s own graph and durations?',
  async run({ profile, random, progress }) {
    const { words, levels, rounds } = sizes[profile];
    const widest = Math.max(...levels);
    const pipeline = await fictionPipeline();
    const model = await resolveModel(`offline/scribe?latencyMs=${latencyMs}`, { env: {} });
    const samples = new Samples();
    const texts = new Set<string>();
    const calls = new Set<number>();
    const see = (run: Measured): void => {
      texts.add(run.text);
      calls.add(run.calls);
    };
    const all = (rounds + 1) * levels.length;
    let done = 0;
    // One orchestrator for each concurrency, as a service has it; the first run of each warms it up and starts its threads. It is shown apart.
    const orchestrators = new Map(
      levels.map((level) => [level, createOrchestrator({ model, cache: false, maxWorkers: level })]),
    );
    for (let round = -1; round < rounds; round += 1) {
      for (const level of shuffled(levels, random)) {
        const orchestrator = orchestrators.get(level) as Orchestrator;
        see(
          await runOnce(orchestrator, pipeline, words, level, (what, value) =>
            samples.add(`${round < 0 ? 'cold-' : ''}${what}-${level}`, value),
          ),
        );
        done += 1;
        progress(done / all, `concurrency ${level}`);
      }
    }
    for (const orchestrator of orchestrators.values()) await orchestrator.close();
    mustHold(texts.size === 1, 'the manuscript differs between concurrencies');
    mustHold(calls.size === 1, `the number of model calls differs between runs: ${[...calls].join(', ')}`);
    const title = `${words.toLocaleString('en-US')} words, ${latencyMs} ms a call`;
    const row = (id: string, label: string, subject: string, summary: Summary, extra: Partial<Row> = {}): Row => ({
      id,
      label,
      subject,
      unit: 'ms',
      summary,
      ...extra,
    });
    const rows = levels.flatMap((level): Row[] => [
      row(`wall-${level}`, `concurrency ${level}`, 'orc', samples.summary(`wall-${level}`), { chart: title }),
      row(`simulated-${level}`, `concurrency ${level}, simulated`, 'simulator', samples.summary(`simulated-${level}`), {
        chart: title,
      }),
    ]);
    rows.push(
      row('critical', 'critical path', 'limit', samples.summary(`critical-${widest}`), { chart: title }),
      row(`cold-${widest}`, `concurrency ${widest}, first run`, 'orc', samples.summary(`cold-wall-${widest}`)),
    );
    const ratios: RatioRow[] = levels.map((level) => ({
      id: `overhead-${level}`,
      label: `measured against simulated, concurrency ${level} (aim: at most 1.05)`,
      ratio: samples.paired(`wall-${level}`, `simulated-${level}`),
    }));
    if (widest !== levels[0])
      ratios.push({
        id: 'speed-up',
        label: `concurrency ${widest} against ${levels[0]}`,
        ratio: samples.paired(`wall-${widest}`, `wall-${levels[0]}`),
      });
    return {
      rows,
      ratios,
      counts: [{ id: 'calls', label: 'model calls in each run', value: [...calls][0] as number }],
      notes: [
        'The manuscript is the same at every concurrency, byte for byte, and so is the number of model calls; a run where they differ fails the scenario.',
        'The simulator is greedy list scheduling, longest remaining path first, on the tasks of that very run: what a scheduler without overhead, which knows every duration beforehand, would have needed.',
        `The first run of an orchestrator is left out of the ratios: it runs cold code and starts the worker threads. At concurrency ${widest} it stands in the table.`,
      ],
      absent: [],
    };
  },
};
