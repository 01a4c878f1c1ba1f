import { definePhase } from '../pipeline/define-phase.ts';
import { definePipeline, type Pipeline } from '../pipeline/define-pipeline.ts';
import type { Phase } from '../pipeline/phase.ts';
import { builtInPackage } from './built-in-package.ts';

const system = `You answer one request, directly and completely.
Begin with the answer itself. Use Markdown where it helps a reader. Say plainly what you are not sure of.`;

const answer: Phase<string, false, false> = definePhase({
  id: 'answer',
  kind: 'llm',
  title: 'Answer',
  uses: { request: ['text', 'words'] },
  model: { temperature: 0.4 },
  prompt: ({ request }) => ({
    system,
    prompt: `<task>quick/answer</task>\n<request>${request.text}</request>${request.words === undefined ? '' : `\n<words>${request.words}</words>\nWrite about ${request.words} words.`}`,
  }),
});

const format: Phase<{ title: string; text: string; words: number }, false, false> = definePhase({
  id: 'format',
  kind: 'compute',
  title: 'Format',
  needs: { answer },
  run: ({ inputs }) => {
    const text = `${inputs.answer.trim()}\n`;
    const heading = /^#{1,3} (.+)$/m.exec(text)?.[1];
    return {
      title: heading ?? 'Answer',
      text,
      words: text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length,
    };
  },
  artifacts: (output) => [{ path: 'answer.md', content: output.text }],
});

/** `quick`: one model call and its formatting. Two phases, so it always runs sequentially; the cache makes the second time free. */
export const quickPipeline: Pipeline = definePipeline({
  id: 'quick',
  version: '1',
  description: 'Answers a short request with one model call.',
  package: builtInPackage,
  phases: [answer, format],
  result: {
    phase: format,
    text: (output) => output.text,
    title: (output) => output.title,
    words: (output) => output.words,
  },
});
