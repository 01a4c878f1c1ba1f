import { describe, expect, it } from 'vitest';

import { seededRandom, shuffled, zipf } from '../src/random.ts';

describe('seeded numbers', () => {
  it('are the same on every machine', () => {
    const random = seededRandom(1);
    expect([random(), random(), random()]).toEqual([0.6270739405881613, 0.002735721180215478, 0.5274470399599522]);
  });

  it('differ from seed to seed', () => {
    expect(seededRandom(1)()).not.toBe(seededRandom(2)());
  });
});

describe('zipf', () => {
  it('draws each rank about as often as its weight says', () => {
    const draw = zipf(2000, 0.99, seededRandom(3));
    const counts = new Map<number, number>();
    const draws = 200_000;
    for (let index = 0; index < draws; index += 1) {
      const rank = draw();
      counts.set(rank, (counts.get(rank) ?? 0) + 1);
    }
    let total = 0;
    for (let rank = 0; rank < 2000; rank += 1) total += 1 / (rank + 1) ** 0.99;
    for (const rank of [0, 1, 9]) {
      const expected = draws / (rank + 1) ** 0.99 / total;
      expect(counts.get(rank) as number).toBeGreaterThan(expected * 0.9);
      expect(counts.get(rank) as number).toBeLessThan(expected * 1.1);
    }
    expect(Math.max(...counts.keys())).toBeLessThan(2000);
  });
});

describe('a shuffle', () => {
  it('keeps every item once', () => {
    const items = Array.from({ length: 50 }, (_, index) => index);
    const mixed = shuffled(items, seededRandom(5));
    expect(mixed).not.toEqual(items);
    expect(mixed.toSorted((a, b) => a - b)).toEqual(items);
  });
});
