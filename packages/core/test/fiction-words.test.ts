import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { makeBrief } from '../src/pipelines/fiction/brief.ts';
import { budgetWords } from '../src/pipelines/fiction/word-budget.ts';
import { readChapterCount, readWordTarget } from '../src/pipelines/fiction/word-target.ts';

describe('how long a story is to be', () => {
  it.each([
    ['Create a story about space exploration', 2000],
    ['Write a novel about bees', 20_000],
    ['a story of 5000 words', 5000],
    ['5,000 words about bees', 5000],
    ['a 3.5k word story', 3500],
    ['20k words', 20_000],
    ['a novel of 50,000 words', 50_000],
    ['a 50k-word novel about the sea', 50_000],
    ['12 thousand words', 12_000],
    ['a five hundred word story', 500],
    ['two thousand words about a cat', 2000],
    ['a novel idea about bread', 2000],
    ['a story about 7 dwarfs', 2000],
    ['1 word', 50],
  ])('"%s" is %d words', (text, words) => {
    expect(readWordTarget(text)).toBe(words);
  });

  it('is what the caller says before what the text says', () => {
    expect(makeBrief('a story of 5000 words', 700).words).toBe(700);
  });

  it.each([
    ['a story in 7 chapters', 7],
    ['three chapters about bees', 3],
    ['a story', undefined],
  ])('"%s" has %s chapters', (text, chapters) => {
    expect(readChapterCount(text)).toBe(chapters);
  });
});

describe('the word budget', () => {
  it('adds up exactly: scenes to chapters, chapters to the whole', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 50, max: 500_000 }),
        fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
        (words, chapters) => {
          const budget = budgetWords(words, chapters);
          const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
          expect(sum(budget.map((chapter) => chapter.words))).toBe(words);
          for (const chapter of budget) {
            expect(sum(chapter.scenes)).toBe(chapter.words);
            expect(Math.min(...chapter.scenes)).toBeGreaterThan(0);
          }
          expect(budget.map((chapter) => chapter.number)).toEqual(budget.map((_, index) => index + 1));
        },
      ),
    );
  });

  it('gives a short story a beginning, a middle and an end, and a novel thirty chapters at most', () => {
    expect(budgetWords(2000)).toHaveLength(4);
    expect(budgetWords(20_000)).toHaveLength(20);
    expect(budgetWords(50_000)).toHaveLength(30);
    expect(budgetWords(20_000, 7)).toHaveLength(7);
  });
});
