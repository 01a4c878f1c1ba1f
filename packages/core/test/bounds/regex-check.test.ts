/** The check of the sources' regular expressions finds every pattern, and complains of those that are not linear. */
import { expect, test } from 'vitest';

interface Check {
  readonly patternsIn: (file: string, text: string) => { readonly line: number; readonly source: string | undefined }[];
  readonly complaintsOf: (patterns: unknown, allowed?: unknown) => string[];
}

const { patternsIn, complaintsOf } = (await import(
  new URL('../../../../scripts/check-regexes.mjs', import.meta.url).href
)) as Check;

const source =
  'const a = /^a$/;\nconst b = new RegExp("b+$");\nconst c = RegExp(`${a}c`);\n// no /pattern+/\nconst d = "/e/";\n';

test('finds literals and constructors, and knows what is put together at run time', () => {
  expect(patternsIn('a.ts', source).map(({ line, source: pattern }) => [line, pattern])).toEqual([
    [1, '^a$'],
    [2, 'b+$'],
    [3, undefined],
  ]);
});

test(
  'complains of what is super-linear or unknown, and of an allowance that nothing needs',
  { timeout: 120_000 },
  () => {
    const allowed = [{ file: 'a.ts', pattern: 'gone', reason: '' }];
    expect(complaintsOf(patternsIn('a.ts', source), allowed).map((line) => line.split('\n', 1)[0])).toEqual([
      'a.ts:2: new RegExp("b+$")',
      'a.ts:3: RegExp(`${a}c`)',
      'a.ts: no pattern holds gone: take its allowance away',
    ]);
  },
);
