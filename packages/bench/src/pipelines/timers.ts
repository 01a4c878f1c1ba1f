import { definePhase, definePipeline, type Phase, type Pipeline } from '@orc/core';

const waits = (ms: number): Promise<number> => new Promise((resolve) => setTimeout(resolve, ms, ms));

/** `count` phases that each wait `ms`, one after another. */
export function chainOfWaits(count: number, ms: number): Pipeline {
  const phases: Phase<number, false, false>[] = [];
  for (let index = 0; index < count; index += 1) {
    const before = phases.at(-1);
    phases.push(
      definePhase({
        id: `wait${index}`,
        kind: 'io',
        cache: true,
        uses: { request: ['text'] },
        needs: before === undefined ? {} : { before },
        source: String(ms),
        run: () => waits(ms),
      }),
    );
  }
  const last = phases.at(-1) as Phase<number, false, false>;
  return definePipeline({
    id: 'chain-of-waits',
    version: '1',
    description: 'Waits one after another',
    phases,
    result: { phase: last, text: String },
  });
}

/** `count` phases that each wait `ms`, independent of each other, and one that needs them all. */
export function independentWaits(count: number, ms: number): Pipeline {
  const phases = Array.from({ length: count }, (_, index) =>
    definePhase({
      id: `wait${index}`,
      kind: 'io',
      cache: true,
      uses: { request: ['text'] },
      source: String(ms),
      run: () => waits(ms),
    }),
  );
  const needs: Record<string, Phase<number, false, false>> = Object.fromEntries(
    phases.map((phase) => [phase.id, phase]),
  );
  const join = definePhase({
    id: 'join',
    kind: 'compute',
    needs,
    run: ({ inputs }) => Object.values(inputs).reduce((sum, value) => sum + value, 0),
  });
  return definePipeline({
    id: 'independent-waits',
    version: '1',
    description: 'Waits at once',
    phases: [...phases, join],
    result: { phase: join, text: String },
  });
}
