import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { cleanCell, cleanLine, cleanText } from '../src/output/clean.ts';
import { jsonText } from '../src/output/json.ts';
import { createStyle, newSeal } from '../src/output/style.ts';
import { TextWriter } from '../src/output/text-writer.ts';
import { fakeHost } from './support/fake-host.ts';

// oxlint-disable-next-line no-control-regex
const unsafe = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/;

describe('cleaned text', () => {
  it.each([
    ['\u001B[31mred\u001B[0m', 'red'],
    ['\u001B]0;title\u0007after', 'after'],
    ['\u001B]8;;http://x\u001B\\link\u001B]8;;\u001B\\', 'link'],
    ['\u001BP1$r0m\u001B\\after', 'after'],
    ['\u009B31mred', 'red'],
    ['\u009D0;title\u009Cafter', 'after'],
    ['\u001Bcreset', 'reset'],
    ['\u001B(Bcharset', 'charset'],
    ['a\u0008\u007Fb', 'ab'],
    ['a\r\nb\rc', 'a\nb\nc'],
    ['abc\u202Edef\u2066ghi\u061C', 'abcdefghi'],
    ['tab\tand\nline', 'tab\tand\nline'],
    ['日本 👩‍👩‍👧 é', '日本 👩‍👩‍👧 é'],
  ])('of %j is %j', (text, clean) => {
    expect(cleanText(text)).toBe(clean);
  });

  it('keeps what stands behind a string that nothing ends', () => {
    expect(cleanText('a\u001B]0;hidden\nnot hidden')).toBe('a0;hidden\nnot hidden');
    expect(cleanText('a\u001B]0;hidden')).toBe('a0;hidden');
  });

  it('never holds a control character or a mark of direction, stays as it is when cleaned again, and keeps plain text', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '\u001B',
        '\u001B[',
        '\u001B]',
        '\u009B',
        '\u0007',
        '\u001B\\',
        ';',
        '?',
        '1',
        'm',
        '\r',
        '\u202E',
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const clean = cleanText(pieces.join(''));
        expect(clean).not.toMatch(unsafe);
        expect(cleanText(clean)).toBe(clean);
        expect(cleanLine(clean)).not.toMatch(/[\n\t]/);
        expect(cleanCell(clean)).toHaveLength(clean.length);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    '\u001B;?',
    ';?',
    '\u001B',
    '\u001B[',
    '\u001B]',
    '\u009D',
    '\u009Da',
    '\u001B]a',
    '\r',
    '\u001B[1',
    ' \u001B',
  ])('takes time in proportion to its length: %j repeated', (unit) => {
    const time = (length: number): number => {
      const text = `\u001B${unit.repeat(length)}`;
      let least = Number.POSITIVE_INFINITY;
      for (let round = 0; round < 3; round += 1) {
        const start = performance.now();
        cleanLine(text);
        least = Math.min(least, performance.now() - start);
      }
      return least;
    };
    time(20_000);
    // Sixteen times the text: quadratic would be 256 times the time.
    expect(time(320_000) / Math.max(time(20_000), 0.5)).toBeLessThan(100);
  });
});

describe('JSON for a terminal', () => {
  it('says the same and holds nothing that a terminal obeys', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const json = jsonText({ text });
        expect(json).not.toMatch(unsafe);
        expect(JSON.parse(json)).toEqual({ text });
        expect(cleanText(json)).toBe(json);
      }),
    );
  });
});

describe('the writer', () => {
  it("lets the command's own colours through, and no others", () => {
    const host = fakeHost({ tty: true });
    const seal = newSeal();
    const style = createStyle(true, seal);
    const writer = new TextWriter(() => host.stdout, seal);
    writer.write(`${style.bold(`name \u001B[31m${style.good('fine')}`)} \u001B[32mforeign\u001B[1234;5678;31m`);
    expect(host.out()).toBe('\u001B[1mname \u001B[32mfine\u001B[39m\u001B[22m foreign');
  });

  it('lets nothing reach from one coloured piece into the next', () => {
    const host = fakeHost({ tty: true });
    const seal = newSeal();
    const style = createStyle(true, seal);
    new TextWriter(() => host.stdout, seal).write(`\u001B]0;a${style.bad('no')}\u0007b`);
    expect(host.out()).toBe('0;a\u001B[31mno\u001B[39mb');
  });

  it('writes what a program reads byte for byte into a pipe, and as text on a terminal', () => {
    const text = 'a\r\n\u001B[31mred\u202E';
    for (const [tty, written] of [
      [false, text],
      [true, 'a\nred'],
    ] as const) {
      const host = fakeHost({ tty });
      new TextWriter(() => host.stdout, newSeal()).exact(text);
      expect(host.out()).toBe(written);
    }
  });
});
