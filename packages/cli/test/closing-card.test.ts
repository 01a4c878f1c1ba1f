import { createOrchestrator, type RunResult } from '@orc/core';
import { resolveModel } from '@orc/core/ai';
import { builtInPipelines } from '@orc/core/pipelines';
import { expect, it } from 'vitest';

import { createStyle } from '../src/output/style.ts';
import { closingCard } from '../src/run/closing-card.ts';
import { fakeHost } from './support/fake-host.ts';

it('the card names the words that were asked for where a tenth of them or more is missing', async () => {
  await using orchestrator = createOrchestrator({ model: await resolveModel('offline/scribe', { env: {} }) });
  const general = await builtInPipelines.find(({ id }) => id === 'general')?.load();
  if (general === undefined) throw new Error('there is no pipeline `general`');
  const result = await orchestrator.run(general, { text: 'the tide mill', words: 300, seed: 1 }).result;
  expect(result.wordsAsked).toBe(300);
  const host = fakeHost({ argv: [] });
  const card = (words: number): string =>
    closingCard(Object.assign(Object.create(result) as RunResult, { words }), {
      host,
      style: createStyle(false),
      output: undefined,
      optimized: true,
      placeholder: false,
      restored: 0,
      spaced: false,
    });
  expect(card(120)).toContain('120 of 300 words');
  expect(card(271)).toContain('  271 words');
  expect(card(400)).toContain('  400 words');
});
