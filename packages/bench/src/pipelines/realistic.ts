import { definePhase, definePipeline, type Pipeline } from '@orc/core';

/** A request of about two kilobytes, different for each number. */
export function realisticRequest(index: number): string {
  const subject = [
    'the tide mill',
    'a comet survey',
    'the night train',
    'an old observatory',
    'the salt road',
    'a glass harbour',
    'the seed vault',
  ][index % 7] as string;
  const detail = `Passage ${index}: tell what happens at ${subject} between dusk and dawn, who keeps watch, what is missing in the morning, and what nobody says aloud. `;
  return `Write a scene of 300 words about ${subject}. ${detail.repeat(Math.ceil(1900 / detail.length))}`;
}

const draft = definePhase({
  id: 'draft',
  kind: 'llm',
  uses: { request: ['text'] },
  model: { temperature: 0.7 },
  prompt: ({ request }) => ({
    system: 'You write one scene.',
    prompt: `<task>general/section</task>\n<request>${request.text}</request>\n<words>300</words>\nWrite about 300 words.`,
  }),
});

const measure = definePhase({
  id: 'measure',
  kind: 'compute',
  needs: { draft },
  run: ({ inputs }) => {
    const words = inputs.draft.toLowerCase().match(/[\p{L}']+/gu) ?? [];
    const counts = new Map<string, number>();
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
    return {
      words: words.length,
      distinct: counts.size,
      top: [...counts].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, 10),
    };
  },
});

const page = definePhase({
  id: 'page',
  kind: 'compute',
  needs: { draft, measure },
  run: ({ inputs }) => ({ text: `${inputs.draft.trim()}\n`, words: inputs.measure.words }),
});

/** The pipeline that the cache and memory scenarios run: a model call of 300 words, its measures, a page. */
export const realisticPipeline: Pipeline = definePipeline({
  id: 'realistic',
  version: '1',
  description: 'Writes and measures one scene',
  phases: [draft, measure, page],
  result: { phase: page, text: (output) => output.text, words: (output) => output.words },
});
