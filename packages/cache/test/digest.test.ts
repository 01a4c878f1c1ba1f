import { createHash } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { canonicalize, digest, type DigestPart } from '../src/index.ts';

test('is 64 hex characters and stays what it is', () => {
  expect(digest()).toMatch(/^[0-9a-f]{64}$/);
  // A change to these invalidates every cache that people have: it needs a new form name, and a major version.
  expect(digest('summary', 3, { b: [1, null], a: true })).toBe(
    '679c357e3b2c7121c721402243336feab197435646e2e382bb2777a5cee87e59',
  );
  expect(canonicalize({ b: [1, null, -0], a: 'é' })).toBe('o2:s1:as1:és1:ba3:d1;nd-0;');
});

test.each([0, 16_383, 16_384, 70_000])(
  'a text of %i letters and more, alone, is hashed as its canonical form',
  (length) => {
    for (const text of ['x'.repeat(length), 'é'.repeat(length), '🜁'.repeat(length), `${'x'.repeat(length)}\ud800`]) {
      const form = `orc1:1:${canonicalize(text)}`;
      expect(digest(text)).toBe(createHash('sha256').update(form).digest('hex'));
    }
  },
);

describe('keeps apart', () => {
  test.each<[DigestPart[], DigestPart[]]>([
    [['a', 'b'], ['ab']],
    [['a,b'], ['a', 'b']],
    [[['a', 'b']], [['a,b']]],
    [[['a'], 'b'], [['a', 'b']]],
    [[1], ['1']],
    [[0], [-0]],
    [[null], ['null']],
    [[true], ['true']],
    [[{}], [[]]],
    [[''], []],
    [[null], []],
    [[{ a: 1, b: 2 }], [{ a: 2, b: 1 }]],
    [[{ a: { b: 1 } }], [{ 'a.b': 1 }]],
    [['\ud800'], ['\ud801']],
    [['\ud800'], ['\ufffd']],
    [['"\\ud800"'], ['\ud800']],
    [['é'], ['e\u0301']],
    [
      [10, 1],
      [1, 1],
    ],
  ])('%j and %j', (one, other) => {
    expect(digest(...one)).not.toBe(digest(...other));
  });
});

test('refuses what is nested too deeply', () => {
  let deep: DigestPart = [];
  for (let level = 0; level < 100_000; level++) deep = [deep];
  expect(() => digest('a', deep)).toThrow(expect.objectContaining({ code: 'ERR_CACHE_DIGEST' }));
});

test('does not mind the order of members', () => {
  expect(digest({ a: 1, b: { c: 2, d: 3 } })).toBe(digest({ b: { d: 3, c: 2 }, a: 1 }));
});

test('takes the same object twice, and objects without a prototype', () => {
  const shared = { a: 1 };
  expect(digest([shared, shared])).toBe(digest([{ a: 1 }, { a: 1 }]));
  expect(digest(Object.assign(Object.create(null), { a: 1 }))).toBe(digest({ a: 1 }));
});

describe('refuses what has no faithful form, and says where it is:', () => {
  class Point {
    readonly x = 1;
  }
  const cyclic: { self?: unknown } = {};
  cyclic.self = cyclic;
  // oxlint-disable-next-line no-sparse-arrays -- that is what is tested
  const sparse = [1, , 3];
  const named = Object.assign([1], { extra: 2 });

  test.each<[string, unknown, string]>([
    ['undefined', undefined, '`[1].at[0]` to be a JSON value, got `undefined` (undefined)'],
    ['NaN', Number.NaN, 'got `NaN` (number)'],
    ['Infinity', Infinity, 'got `Infinity` (number)'],
    ['a BigInt', 1n, 'got `1` (bigint)'],
    ['a function', () => 1, 'got function'],
    ['a symbol', Symbol('s'), 'got `Symbol(s)` (symbol)'],
    ['a Map', new Map(), 'got a Map'],
    ['a Set', new Set(), 'got a Set'],
    ['a Date', new Date(0), 'got a Date'],
    ['a RegExp', /x/, 'got a RegExp'],
    ['a Buffer', Buffer.from('x'), 'got a Buffer'],
    ['a class instance', new Point(), 'got a Point'],
    ['a boxed string', Object('s'), 'got a String'],
    ['a cycle', cyclic, '`[1].at[0].self` to be a JSON value, got a cycle'],
    ['a sparse array', sparse, '`[1].at[0][1]` to be a JSON value, got `undefined`'],
    ['an array with named members', named, 'got an array with named members'],
    ['a symbol as member', { [Symbol('s')]: 1 }, 'got an object with a symbol as member'],
    ['an undefined member', { 'odd name': undefined }, '`[1].at[0]["odd name"]`'],
  ])('%s', (_name, value, message) => {
    expect(() => digest('ok', { at: [value] } as DigestPart)).toThrow(
      expect.objectContaining({ code: 'ERR_CACHE_DIGEST', message: expect.stringContaining(message) }),
    );
    expect(() => canonicalize(value as DigestPart)).toThrow(expect.objectContaining({ code: 'ERR_CACHE_DIGEST' }));
  });
});
