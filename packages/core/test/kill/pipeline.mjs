import { appendFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

import { defineTask } from '@orc/scheduler';

/**
 * A pipeline with every kind of phase, nested fan-out, item-wise edges, a loop, outputs of more than 64 KB and artifacts along the way.
 * Each execution of a task leaves a line in the log outside, so that it shows what was done twice.
 *
 * @param core - The module `@orc/core` to define it with.
 * @param logFile - The log outside.
 * @param pace - How long a unit of waiting is, in milliseconds.
 */
export function killPipeline({ definePhase, definePipeline, each, within }, logFile, pace) {
  const did = (task) => appendFileSync(logFile, `${task}\n`);
  const plan = definePhase({
    id: 'plan',
    kind: 'io',
    cache: true,
    uses: { request: ['text'] },
    run: async ({ request }) => {
      did('plan');
      await wait(2 * pace);
      return request.text.split(' ').map((word, index) => ({ word, index }));
    },
  });
  const part = definePhase({
    id: 'part',
    kind: 'io',
    cache: true,
    needs: { plan },
    forEach: ({ inputs }) => inputs.plan.map((value) => ({ key: `p${value.index}`, value })),
    run: async ({ item, key }) => {
      did(`part[${key}]`);
      await wait((1 + (item.index % 4)) * pace);
      // Every third output is too large for its record.
      return { title: item.word, body: `${item.word} `.repeat(item.index % 3 === 0 ? 12_000 : 40) };
    },
    artifacts: (output, { key }) => [
      { path: `parts/${key}.md`, content: `# ${output.title}\n\n${output.body.slice(0, 2000)}\n` },
      { path: `parts/${key}.json`, content: JSON.stringify({ length: output.body.length }) },
    ],
  });
  const piece = definePhase({
    id: 'piece',
    kind: 'compute',
    uses: { request: ['seed'] },
    forEach: {
      phase: part,
      items: ({ output }) => [1, 2].map((number) => ({ key: `s${number}`, value: `${output.title}-${number}` })),
    },
    run: ({ item, key, random }) => {
      did(`piece[${key}]`);
      return { text: item.toUpperCase(), dice: random() };
    },
  });
  const words = definePhase({
    id: 'words',
    kind: 'cpu',
    needs: { part: each(part), pieces: within(piece) },
    forEach: { phase: part },
    taskInput: ({ inputs, key }) => ({
      key,
      text: inputs.part.body,
      pieces: inputs.pieces.map(({ value }) => value.text),
    }),
    run: defineTask({ module: new URL('count-words.mjs', import.meta.url), export: 'countWords' }),
  });
  const draft = definePhase({
    id: 'draft',
    kind: 'llm',
    needs: { pieces: within(piece) },
    forEach: { phase: part },
    when: ({ key }) => key !== 'p5',
    prompt: ({ inputs, key }) =>
      `draft ${key} from ${inputs.pieces.map(({ value }) => `${value.text}/${value.dice}`).join(' ')}`,
    run: async ({ model, prompt, key }) => {
      did(`draft[${key}]`);
      return model.text(prompt);
    },
  });
  const polish = definePhase({
    id: 'polish',
    kind: 'io',
    cache: true,
    needs: { draft },
    loop: { max: 3, until: (output) => output.round === 2, score: (output) => output.round },
    run: async ({ inputs, loop }) => {
      if (loop?.round === 1) did('polish');
      await wait(pace);
      return { round: loop?.round ?? 0, text: inputs.draft.map(({ value }) => value ?? '(none)').join('\n') };
    },
  });
  const book = definePhase({
    id: 'book',
    kind: 'compute',
    needs: { polish, words, part },
    run: ({ inputs }) => {
      did('book');
      return { text: `${inputs.polish.text}\n${JSON.stringify(inputs.words)}`, parts: inputs.part.length };
    },
    artifacts: (output) => [
      { path: 'book.md', content: output.text },
      { path: 'deep/down/stats.json', content: JSON.stringify({ parts: output.parts }) },
    ],
  });
  return definePipeline({
    id: 'killed',
    version: '1',
    description: 'A pipeline to be killed',
    phases: [plan, part, piece, words, draft, polish, book],
    result: { phase: book, text: (output) => output.text },
  });
}

/** The request of every run. */
export const killRequest = { text: 'alpha beta gamma delta epsilon zeta eta theta iota kappa', seed: 11 };

/** A model that answers with a function of what it is asked. */
export function echoModel(pace) {
  const generate = async ({ prompt }, { signal } = {}) => {
    await wait(2 * pace, undefined, { signal });
    return {
      text: `${prompt}!`,
      finishReason: 'stop',
      usage: { inputTokens: prompt.length, cachedInputTokens: 0, outputTokens: 1 },
      costUsd: 0,
      attempts: 1,
    };
  };
  return {
    id: 'test/echo',
    identity: { provider: 'test' },
    capabilities: { network: false, priced: false },
    generate,
    stream(request, options) {
      const reply = generate(request, options);
      return {
        reply,
        async *[Symbol.asyncIterator]() {
          yield (await reply).text;
        },
      };
    },
    priceOf: () => 0,
  };
}
