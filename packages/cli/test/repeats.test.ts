import { expect, it } from 'vitest';

import { Repeats } from '../src/output/repeats.ts';

it('says an equal message once in a while, with how often it came', () => {
  let now = 0;
  const said: string[] = [];
  const repeats = new Repeats(
    (message) => said.push(message),
    () => now,
  );
  for (const at of [0, 10, 20, 59_999]) {
    now = at;
    repeats.say('away');
  }
  repeats.say('something else');
  expect(said).toEqual(['away', 'something else']);
  now = 60_000;
  repeats.say('away');
  expect(said.at(-1)).toBe('away (and 3 times more since)');
  expect(repeats.over()).toBe(true);
  expect(repeats.over()).toBe(false);
  repeats.say('away');
  expect(said.at(-1)).toBe('away');
});
