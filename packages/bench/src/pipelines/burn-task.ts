/** A fixed amount of CPU work: `rounds` steps of a xorshift. It takes as long as it takes; on an oversubscribed machine it takes longer. */
export function burn(input: { readonly rounds: number; readonly salt: number }): number {
  let state = (input.salt * 2_654_435_761) >>> 0 || 1;
  for (let round = 0; round < input.rounds; round += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
  }
  return state >>> 0;
}
