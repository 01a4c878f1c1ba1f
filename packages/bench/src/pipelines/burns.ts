import { definePhase, definePipeline, type Phase, type Pipeline } from '@orc/core';
import { defineTask } from '@orc/scheduler';

import { burn } from './burn-task.ts';

/** Rounds of `burn` that take about `ms` on this machine when nothing else runs: the best of several tries. */
export function calibrate(ms: number): number {
  const rounds = 5_000_000;
  let best = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < 8; attempt += 1) {
    const started = performance.now();
    burn({ rounds, salt: attempt + 1 });
    best = Math.min(best, performance.now() - started);
  }
  return Math.round((rounds * ms) / best);
}

/** `count` phases of the same fixed CPU work on worker threads, independent of each other, and one that needs them all. */
export function independentBurns(count: number, rounds: number): Pipeline {
  const phases = Array.from({ length: count }, (_, index) =>
    definePhase({
      id: `burn${index}`,
      kind: 'cpu',
      uses: { request: ['text'] },
      taskInput: () => ({ rounds, salt: index + 1 }),
      source: String(rounds),
      run: defineTask<{ readonly rounds: number; readonly salt: number }, number>({
        module: new URL('./burn-task.js', import.meta.url),
        export: 'burn',
      }),
    }),
  );
  const needs: Record<string, Phase<number, false, false>> = Object.fromEntries(
    phases.map((phase) => [phase.id, phase]),
  );
  const join = definePhase({
    id: 'join',
    kind: 'compute',
    needs,
    run: ({ inputs }) => Object.values(inputs).reduce((sum, value) => (sum ^ value) >>> 0, 0),
  });
  return definePipeline({
    id: 'independent-burns',
    version: '1',
    description: 'Burns at once',
    phases: [...phases, join],
    result: { phase: join, text: String },
  });
}
