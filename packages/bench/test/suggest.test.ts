import { describe, expect, it } from 'vitest';

import { suggest } from '../src/suggest.ts';

const names = ['cache-hit', 'cache-peers', 'sequential', 'parallel', 'list', 'check'];

describe('a suggestion', () => {
  it.each([
    ['cache-hits', 'cache-hit'],
    ['cahce-hit', 'cache-hit'],
    ['Sequental', 'sequential'],
    ['lsit', 'list'],
    ['para', 'parallel'],
    ['peers', 'cache-peers'],
  ])('for %s is %s', (given, meant) => {
    expect(suggest(given, names)).toBe(meant);
  });

  it('is none where nothing is near', () => {
    expect(suggest('frobnicate', names)).toBeUndefined();
    expect(suggest('x', names)).toBeUndefined();
    expect(suggest('', names)).toBeUndefined();
  });
});
