import { describe, expect, it } from 'vitest';

import { readTopic } from '../src/ai/scribe/topic.ts';

describe('what a request is about', () => {
  it.each([
    ['Create a story about space exploration', { topic: 'space exploration', genre: 'space' }],
    [
      "Write a story about a lighthouse keeper's cat",
      {
        topic: 'the lighthouse keeper’s cat',
        motif: 'the cat',
        creature: true,
        role: 'lighthouse keeper',
        genre: 'sea',
      },
    ],
    ['a bank robbery in Lisbon', { topic: 'the bank robbery', place: 'Lisbon', genre: 'mystery' }],
    ['Write a novel about bees', { topic: 'bees', creature: true, genre: 'nature' }],
    ['a novel of 50,000 words about a dragon', { topic: 'the dragon', creature: true, genre: 'fantasy' }],
    ['two sisters who run a bakery in Paris', { topic: 'the bakery', place: 'Paris', genre: 'city' }],
    ['Write a story about a detective who hates coffee', { topic: 'coffee', role: 'detective', genre: 'mystery' }],
    ['Erzähl mir eine Geschichte über den Wald', { topic: 'the forest', genre: 'nature' }],
    ['qwfp zxcv brrr', { topic: 'qwfp zxcv brrr', genre: 'city' }],
    ['???', { topic: 'the unanswered question', genre: 'city' }],
    ['', { topic: 'the unanswered question' }],
    ['Write a 5000 word story', { topic: 'the unanswered question' }],
  ])('%s', (request, expected) => {
    expect(readTopic(request)).toMatchObject(expected);
  });

  it('never holds what could break a prompt or a sentence', () => {
    const { topic, motif, keywords } = readTopic(
      'a story about <script>alert("x")</script> {slots} [lists] | and *stars*',
    );
    for (const text of [topic, motif, ...keywords]) expect(text).not.toMatch(/[<>{}[\]|"*]/u);
  });
});
