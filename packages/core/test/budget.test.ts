/** Money that a run may spend. */
import { expect, test } from 'vitest';

import { definePhase } from '../src/index.ts';
import { fakeModel } from './support/fake-model.ts';
import { runOf } from './support/one-phase.ts';

test('the budget stops the next call, and says what to do', async () => {
  const model = fakeModel({ costUsd: 0.4 });
  const first = definePhase({ id: 'first', kind: 'llm', prompt: () => 'a' });
  const second = definePhase({ id: 'second', kind: 'llm', needs: { first }, prompt: ({ inputs }) => inputs.first });
  const third = definePhase({ id: 'third', kind: 'llm', needs: { second }, prompt: ({ inputs }) => inputs.second });
  const result = await runOf([first, second, third], { model, limits: { budgetUsd: 0.8 } });
  expect(model.calls).toHaveLength(2);
  expect(result.error).toMatchObject({
    code: 'ERR_ORC_BUDGET',
    task: 'third',
    hint: expect.stringContaining('resume'),
  });
  expect(result.usage).toEqual({ inputTokens: 20, cachedInputTokens: 0, outputTokens: 10, costUsd: 0.8 });
});

test('no call starts that the budget does not allow, as far as those before it tell', async () => {
  const model = fakeModel({ costUsd: 0.4 });
  const first = definePhase({ id: 'first', kind: 'llm', prompt: () => 'a' });
  const second = definePhase({ id: 'second', kind: 'llm', needs: { first }, prompt: ({ inputs }) => inputs.first });
  const third = definePhase({ id: 'third', kind: 'llm', needs: { second }, prompt: ({ inputs }) => inputs.second });
  const { error, usage } = await runOf([first, second, third], { model, limits: { budgetUsd: 1 } });
  expect(error).toMatchObject({ code: 'ERR_ORC_BUDGET', task: 'third' });
  expect(usage.costUsd).toBeLessThanOrEqual(1);
});

test('a budget is no limit for a model whose price nobody knows: it is not asked', async () => {
  const model = fakeModel({ costUsd: null, priced: 'unknown' });
  const { error } = await runOf([definePhase({ id: 'phase', kind: 'llm', prompt: () => 'a' })], {
    model,
    limits: { budgetUsd: 1 },
  });
  expect(model.calls).toEqual([]);
  expect(error).toMatchObject({ code: 'ERR_ORC_BUDGET', message: expect.stringContaining('not known') });
});
