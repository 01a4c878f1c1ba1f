import { describe, expect, it } from 'vitest';

import { createScribe } from '../src/ai/scribe/index.ts';
import { countWords, sentenceKey, splitSentences } from '../src/ai/scribe/sentences.ts';

const write = async (prompt: string): Promise<string> => (await createScribe().generate({ prompt })).text;

describe('plain text of offline/scribe', () => {
  it.each([80, 150, 400, 900])('has the words that were asked for: %d', async (words) => {
    const text = await write(`Explain tide tables in about ${words} words.`);
    expect(Math.abs(countWords(text) / words - 1)).toBeLessThanOrEqual(0.1);
  });

  it('says no sentence twice', async () => {
    const keys = splitSentences(await write('Explain tide tables in 900 words.')).map(sentenceKey);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('is about what was asked', async () => {
    expect((await write('<request>Explain tide tables</request>')).toLowerCase()).toContain('tide tables');
  });

  it('says the facts first, with their figures', async () => {
    const facts = {
      files: 412,
      largest: [{ path: 'src/engine.ts', lines: 900, complexity: 41 }],
      cycles: ['a.ts', 'b.ts'],
    };
    const text = await write(`<task>overview</task>\n<facts>${JSON.stringify(facts)}</facts>\n<words>60</words>`);
    expect(text).toContain('Files: 412.');
    expect(text).toContain('`src/engine.ts` (largest): lines 900, complexity 41.');
    expect(text).toContain('`a.ts`, `b.ts`');
  });
});
