/** The number of letters to add, drop, change or swap to get from one word to the other (optimal string alignment). */
function distance(one: string, other: string): number {
  let before: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const same = one[row - 1] === other[column - 1];
      let least = Math.min(
        (next[column - 1] as number) + 1,
        (last[column] as number) + 1,
        (last[column - 1] as number) + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1])
        least = Math.min(least, (before[column - 2] as number) + 1);
      next.push(least);
    }
    before = last;
    last = next;
  }
  return last[other.length] as number;
}

/** The name that was probably meant; `undefined` where none is near. */
export function suggest(given: string, names: readonly string[]): string | undefined {
  const ranked = names
    .map((name) => ({ name, away: distance(given.toLowerCase(), name) }))
    .toSorted((a, b) => a.away - b.away);
  const best = ranked[0];
  if (best !== undefined && best.away <= Math.max(1, Math.floor(best.name.length / 3))) return best.name;
  return given.length >= 3 ? names.find((name) => name.startsWith(given) || name.includes(given)) : undefined;
}
