/** Numbers that are random, and the same for the same seed. */
export interface SeededRandom {
  /** From 0 up to 1. */
  next(): number;
  /** A whole number below a bound. */
  below(bound: number): number;
  /** One of a list. */
  pick<T>(list: readonly T[]): T;
  /** Whether something with this chance happens. */
  chance(chance: number): boolean;
}

/** Numbers by mulberry32. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (bound: number): number => Math.floor(next() * bound);
  return {
    next,
    below,
    pick: (list) => list[below(list.length)] as (typeof list)[number],
    chance: (chance) => next() < chance,
  };
}
