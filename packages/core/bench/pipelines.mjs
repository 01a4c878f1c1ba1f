import { definePhase, definePipeline } from '../dist/index.js';

/** A chain of phases that each do next to nothing with a request of 2 KB. */
export function chain(length) {
  const phases = [];
  for (let index = 0; index < length; index += 1) {
    const needs = index === 0 ? {} : { previous: phases[index - 1] };
    phases.push(
      definePhase({
        id: `p${index}`,
        kind: 'compute',
        needs,
        uses: { request: ['text'] },
        run: ({ request, inputs }) => `${request.text.length} ${inputs.previous?.length ?? 0}`,
      }),
    );
  }
  return of(`chain-${length}`, phases);
}

/** A chain of phases that each write 300 words. */
export function writing(length) {
  const phases = [];
  for (let index = 0; index < length; index += 1) {
    const needs = index === 0 ? {} : { previous: phases[index - 1] };
    phases.push(
      definePhase({
        id: `w${index}`,
        kind: 'llm',
        needs,
        uses: { request: ['text'] },
        prompt: ({ request, inputs }) =>
          `Write a scene of 300 words about: ${request.text}\n${(inputs.previous ?? '').slice(0, 40)}`,
      }),
    );
  }
  return of(`writing-${length}`, phases);
}

/** One phase that writes 300 words. */
export function scene() {
  const write = definePhase({
    id: 'write',
    kind: 'llm',
    uses: { request: ['text'] },
    prompt: ({ request }) => `Write a scene of 300 words about: ${request.text}`,
  });
  return definePipeline({
    id: 'scene',
    version: '1',
    description: '',
    phases: [write],
    result: { phase: write, text: (output) => output },
  });
}

/** Phases that wait. */
export function waiting(count, milliseconds, inARow) {
  const phases = [];
  for (let index = 0; index < count; index += 1) {
    const needs = inARow && index > 0 ? { previous: phases[index - 1] } : {};
    phases.push(
      definePhase({
        id: `t${index}`,
        kind: 'io',
        cache: true,
        needs,
        run: () => new Promise((resolve) => setTimeout(resolve, milliseconds, index)),
      }),
    );
  }
  return of(`waiting-${count}-${milliseconds}-${inARow}`, phases, inARow);
}

function of(id, phases, last = true) {
  const end = definePhase({
    id: 'end',
    kind: 'compute',
    needs: last ? { last: phases.at(-1) } : Object.fromEntries(phases.map((phase) => [phase.id, phase])),
    run: () => 'end',
  });
  return definePipeline({
    id,
    version: '1',
    description: '',
    phases: [...phases, end],
    result: { phase: end, text: (output) => output },
  });
}
