import { expect, test } from 'vitest';

import { missReason, nearestDifference } from '../src/key/explain.ts';

const parts = { version: 'v1', item: 'c1', 'input.plan': 'p1', prompt: 'q1' };
const why = (now: Readonly<Record<string, string>>, ...earlier: Readonly<Record<string, string>>[]): string =>
  missReason(nearestDifference(now, earlier));

test('what differs from the nearest earlier key is told, a cause rather than the prompt that shows it', () => {
  const far = { ...parts, version: 'v0', 'input.plan': 'p0', prompt: 'q0' };
  const near = { ...parts, 'input.plan': 'p0', prompt: 'q0' };
  expect(why(parts, far, near)).toBe('the output of `plan` changed');
  expect(why(parts)).toBe('this phase has no earlier result');
});

test('an item is compared with its own earlier result, however much nearer that of another item is', () => {
  const own = { ...parts, version: 'v0', 'input.plan': 'p0', prompt: 'q0' };
  const other = { ...parts, item: 'c2' };
  expect(why(parts, other, own)).toBe("the phase's source or version changed and the output of `plan` changed");
  expect(why(parts, other)).toBe('this item has no earlier result');
});
