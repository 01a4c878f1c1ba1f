import { describe, expect, it } from 'vitest';

import { createScribe, readKnobs } from '../src/ai/scribe/index.ts';

describe('the knobs of offline/scribe', () => {
  it('are all off without any', () => {
    expect(readKnobs('offline/scribe')).toEqual({ latencyMs: 0, tokensPerSecond: 0, failRate: 0, rate429: 0, seed: 0 });
  });

  it('are read from the id', () => {
    expect(readKnobs('offline/scribe?latencyMs=50&tokensPerSecond=200&failRate=0.1&rate429=0.05&seed=7')).toEqual({
      latencyMs: 50,
      tokensPerSecond: 200,
      failRate: 0.1,
      rate429: 0.05,
      seed: 7,
    });
  });

  it.each([
    ['offline/poet', /to be `offline\/scribe`, got `offline\/poet`/],
    ['offline/scribe?speed=3', /one of `latencyMs`, .*got `speed`/],
    ['offline/scribe?failRate=2', /`failRate` .* a number from 0 to 1, got `2`/],
    ['offline/scribe?seed=1.5', /`seed` .* a safe integer, got `1.5`/],
    ['offline/scribe?latencyMs=soon', /`latencyMs` .* milliseconds .*got `soon`/],
    ['offline/scribe?seed=', /`seed`/],
    ['offline/scribe?seed=1&seed=2', /once, got it twice/],
    ['offline/scribe?failRate=0.7&rate429=0.7', /add up to 1 or less/],
  ])('say what is wrong with %s', (id, message) => {
    expect(() => readKnobs(id)).toThrow(
      expect.objectContaining({ code: 'ERR_ORC_MODEL_UNKNOWN', message: expect.stringMatching(message) as string }),
    );
  });

  it('enter the identity only where they change a word', () => {
    const plain = createScribe();
    const slow = createScribe('offline/scribe?latencyMs=900&tokensPerSecond=3&failRate=0.5&rate429=0.5');
    const other = createScribe('offline/scribe?seed=8');
    expect(slow.identity).toEqual(plain.identity);
    expect(other.identity).not.toEqual(plain.identity);
    expect([plain.id, slow.id, other.id]).toEqual(['offline/scribe', 'offline/scribe', 'offline/scribe']);
  });

  it('leave it a model that needs no network and costs nothing', () => {
    const scribe = createScribe();
    expect(scribe.capabilities).toEqual({ network: false, priced: false });
    expect(scribe.priceOf({ inputTokens: 1000, cachedInputTokens: 0, outputTokens: 1000 })).toBe(0);
  });
});
