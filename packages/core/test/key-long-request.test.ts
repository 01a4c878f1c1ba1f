/** A long request text is hashed once; what the prompts repeat of it must not make two different prompts the same. */
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { createOrchestrator, definePhase } from '../src/index.ts';
import { fakeModel } from './support/fake-model.ts';
import { pipelineOf } from './support/one-phase.ts';

const long = 'The night train crosses the salt road. '.repeat(20);

/** A pipeline whose prompt a closure makes, so that the prompt alone tells two of them apart. */
const asking = (render: (text: string) => string) =>
  pipelineOf(
    definePhase({
      id: 'ask',
      kind: 'llm',
      uses: { request: ['text'] },
      prompt: ({ request }) => render(request.text),
    }),
  );

test('equal prompts have equal keys and different prompts different ones, wherever they repeat the text', async () => {
  const piece = fc.constantFrom('', 'a', 'b', 'ab', '2:ab', long.slice(0, 40), long.slice(0, -1), long, `${long}a`);
  const prompt = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(''));
  await using orchestrator = createOrchestrator({ model: fakeModel() });
  const keyOf = async (text: string, rendered: string): Promise<string | undefined> =>
    (
      await orchestrator.explain(
        asking(() => rendered),
        { text, seed: 1 },
        'ask',
      )
    ).tasks[0]?.key;
  await fc.assert(
    fc.asyncProperty(prompt, prompt, async (one, other) => {
      expect((await keyOf(long, one)) === (await keyOf(long, other))).toBe(one === other);
    }),
    { seed: 20261125, numRuns: 300 },
  );
});

test('another long text misses, also where the prompt shows the same of it', async () => {
  const model = fakeModel();
  await using orchestrator = createOrchestrator({ model });
  const whole = asking((text) => `Write about: ${text}`);
  const start = asking((text) => `Write about: ${text.slice(0, 300)}`);
  for (const pipeline of [whole, start]) {
    await orchestrator.run(pipeline, { text: long, seed: 1 }).result;
    await orchestrator.run(pipeline, { text: long, seed: 1 }).result;
    await orchestrator.run(pipeline, { text: `${long}!`, seed: 1 }).result;
  }
  expect(model.calls).toHaveLength(4);
});
