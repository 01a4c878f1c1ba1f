import { isDeepStrictEqual } from 'node:util';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { canonicalize, digest, type DigestPart } from '../src/index.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ maxLength: 3 }),
  fc.constantFrom('\ud800', '\udfff', 's1:a', '1'),
);
const { part } = fc.letrec<{ part: DigestPart }>((tie) => ({
  part: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer({ min: -2, max: 12 }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('part'), { maxLength: 4 }),
    fc.dictionary(text, tie('part'), { maxKeys: 4, noNullPrototype: false }),
  ),
}));

function shuffled(value: DigestPart): DigestPart {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value as Record<string, DigestPart>).toReversed();
  const copy: Record<string, DigestPart> = Object.create(null) as Record<string, DigestPart>;
  for (const [name, member] of members) copy[name] = shuffled(member);
  return copy;
}

/** Plain objects only, so that a prototype makes no difference. */
function same(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(JSON.parse(tagged(one)), JSON.parse(tagged(other)));
}

function tagged(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) => (Object.is(member, -0) ? { minus: 'zero' } : member));
}

test('different parts have different canonical bytes', () => {
  fc.assert(
    fc.property(fc.array(part, { maxLength: 3 }), fc.array(part, { maxLength: 3 }), (one, other) => {
      const [first, second] = [one, other].map((parts) =>
        Buffer.from(parts.map((each) => canonicalize(each)).join('')),
      );
      expect(first?.equals(second as Buffer)).toBe(same(one, other));
    }),
    { numRuns: 5000, seed: 1 },
  );
});

test('a near miss is a miss', () => {
  fc.assert(
    fc.property(part, text, (value, extra) => {
      expect(canonicalize([value])).not.toBe(canonicalize(value));
      expect(digest(value, extra)).not.toBe(digest([value, extra]));
      expect(digest(value)).not.toBe(digest(value, ''));
    }),
    { numRuns: 1000, seed: 2 },
  );
});

test('the order of members makes no difference', () => {
  fc.assert(
    fc.property(part, (value) => {
      expect(digest(shuffled(value))).toBe(digest(value));
    }),
    { numRuns: 2000, seed: 3 },
  );
});
