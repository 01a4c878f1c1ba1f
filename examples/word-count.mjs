// A pipeline as an ES module: typed phases, a worker thread, no model at all.
//
//   orc --pipeline examples/word-count.mjs "to be or not to be"
import { definePhase, definePipeline } from '@orc/core';
import { defineTask } from '@orc/scheduler';

const count = definePhase({
  id: 'count',
  kind: 'cpu',
  uses: { request: ['text'] },
  taskInput: ({ request }) => request.text,
  run: defineTask({ module: new URL('./word-count-task.mjs', import.meta.url), export: 'countWords' }),
});

const table = definePhase({
  id: 'table',
  kind: 'compute',
  needs: { count },
  run: ({ inputs }) => inputs.count.map(([word, times]) => `${word}\t${times}\n`).join(''),
  artifacts: (output) => [{ path: 'words.tsv', content: output }],
});

export default definePipeline({
  id: 'word-count',
  version: '1',
  description: 'Counts the words of the request on a worker thread.',
  phases: [count, table],
  result: { phase: table, text: (output) => output },
});
