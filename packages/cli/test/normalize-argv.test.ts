import { describe, expect, it } from 'vitest';

import { normalizeArgv } from '../src/args/normalize.ts';
import { isCliError } from '../src/errors.ts';

const flagsOf = (...argv: string[]): readonly string[] => normalizeArgv(argv).flags;
const wordsOf = (...argv: string[]): readonly string[] => normalizeArgv(argv).words;

describe('Go style and GNU style say the same', () => {
  it.each([
    [['-concurrency', '8']],
    [['-concurrency=8']],
    [['--concurrency', '8']],
    [['--concurrency=8']],
    [['-j8']],
    [['-j', '8']],
    [['-j=8']],
  ])('%j is --concurrency=8', (argv) => {
    expect(flagsOf(...argv, 'a request')).toEqual(['--concurrency=8']);
    expect(wordsOf(...argv, 'a request')).toEqual(['a request']);
  });

  it.each([
    ['-optimized=false', '--no-optimized'],
    ['--optimized=false', '--no-optimized'],
    ['-optimized=0', '--no-optimized'],
    ['-optimized=F', '--no-optimized'],
    ['--no-optimized', '--no-optimized'],
    ['-no-optimized', '--no-optimized'],
    ['--no-optimized=false', '--optimized'],
    ['-optimized', '--optimized'],
    ['-optimized=T', '--optimized'],
    ['-optimized=TRUE', '--optimized'],
    ['-v', '--verbose'],
    ['-verbose', '--verbose'],
  ])('%s is %s', (written, normalized) => {
    expect(flagsOf(written)).toEqual([normalized]);
  });
});

describe('what a flag takes', () => {
  it('a boolean never swallows the word behind it', () => {
    expect(normalizeArgv(['-verbose', 'debug this'])).toMatchObject({ flags: ['--verbose'], words: ['debug this'] });
    expect(normalizeArgv(['-optimized', 'false'])).toMatchObject({ flags: ['--optimized'], words: ['false'] });
  });

  it('a negative number is a value, so that its check can complain about it', () => {
    expect(flagsOf('-concurrency', '-1')).toEqual(['--concurrency=-1']);
  });

  it('a value is missing when the next word is a flag', () => {
    expect(() => flagsOf('-output', '--verbose')).toThrow(/-output needs a value: -output DIR/);
    expect(() => flagsOf('--seed')).toThrow(/--seed needs a value/);
  });

  it('-resume without an id means the latest session', () => {
    expect(flagsOf('-resume')).toEqual(['--resume=']);
    expect(flagsOf('-resume', '-verbose')).toEqual(['--resume=', '--verbose']);
    expect(flagsOf('-resume', 'abc')).toEqual(['--resume=abc']);
  });

  it('a dash alone is a word, and so is everything behind --', () => {
    expect(wordsOf('-')).toEqual(['-']);
    expect(normalizeArgv(['run', '--', '-verbose'])).toEqual({
      flags: [],
      words: ['run', '-verbose'],
      wordsBeforeEnd: 1,
    });
  });

  it('what stands directly behind a letter is its value, so that its check can complain about it', () => {
    expect(flagsOf('-j8x')).toEqual(['--concurrency=8x']);
  });

  it('a boolean rejects any other value', () => {
    expect(() => flagsOf('-optimized=maybe')).toThrow('expected -optimized to be true or false, got `maybe`');
  });
});

describe('unknown flags', () => {
  it.each([
    ['-optimised=false', '-optimized'],
    ['--concurency=8', '--concurrency'],
    ['-verbos', '-verbose'],
    ['--no-cahe', '--no-cache'],
  ])('%s: did you mean %s', (written, meant) => {
    try {
      flagsOf(written);
      expect.unreachable();
    } catch (error) {
      expect(isCliError(error) && error.hint).toContain(`did you mean \`${meant}\`?`);
      expect(isCliError(error) && error.exitCode).toBe(2);
    }
  });

  it('are never read as one-letter flags with a value', () => {
    expect(() => flagsOf('-out')).toThrow('unknown flag -out');
    expect(() => flagsOf('-x')).toThrow('unknown flag -x');
    expect(() => flagsOf('-q8')).toThrow('unknown flag -q8');
  });

  it('of version 1.0 name the command that took their place', () => {
    try {
      flagsOf('-show-config');
      expect.unreachable();
    } catch (error) {
      expect(isCliError(error) && error.hint).toContain('orc config list');
    }
  });
});
