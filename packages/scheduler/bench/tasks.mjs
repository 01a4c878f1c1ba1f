/** What the pools run. */
export default (input) => input;
export const noop = () => 1;
export const echo = (input) => input;
export const spin = () => {
  for (;;);
};
/** A fixed amount of work, never a time: a busy machine must show. */
export const burn = (rounds) => {
  let value = 1;
  for (let round = 0; round < rounds; round += 1) value = (Math.imul(value, 31) + round) | 0;
  return value;
};
