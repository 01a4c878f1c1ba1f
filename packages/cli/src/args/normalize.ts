import { usageError } from '../errors.ts';
import type { FlagSpec } from './flag-spec.ts';
import { allFlags, shortFlags } from './flags.ts';
import { didYouMean } from './suggest.ts';

/** An argument list in one form: `--name`, `--no-name`, `--name=value`, and words. */
export interface NormalizedArgv {
  /** The flags, in their order. */
  readonly flags: readonly string[];
  /** The words that are no flags. */
  readonly words: readonly string[];
  /** How many of the words stand before a `--`. */
  readonly wordsBeforeEnd: number;
}

const truths: ReadonlySet<string> = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
const falsehoods: ReadonlySet<string> = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False']);

/** Words of version 1.0 that are commands now. */
const moved: ReadonlyMap<string, string> = new Map([
  ['validate', 'orc config validate'],
  ['show-config', 'orc config list'],
  ['debug-config', 'orc config list --show-origin'],
  ['generate-config', 'orc config edit'],
  ['migrate-config', 'orc config validate'],
]);

/**
 * Brings Go style (`-concurrency 8`, `-optimized=false`) and GNU style (`--concurrency=8`, `--no-optimized`, `-j8`) into one form.
 * A boolean never swallows the word behind it.
 *
 * @throws ERR_CLI_USAGE for a flag that does not exist, with the one that was probably meant.
 */
export function normalizeArgv(argv: readonly string[]): NormalizedArgv {
  const flags: string[] = [];
  const words: string[] = [];
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? '';
    if (word === '--') {
      return { flags, words: [...words, ...argv.slice(index + 1)], wordsBeforeEnd: words.length };
    }
    if (!word.startsWith('-') || word === '-') {
      words.push(word);
      continue;
    }
    const { flag, negated, value } = readFlag(word);
    if (flag.value === undefined) {
      flags.push(booleanFlag(word, flag, negated, value));
      continue;
    }
    if (negated) throw unknownFlag(word, `no-${flag.name}`);
    if (value !== undefined) {
      flags.push(withValue(word, flag, value));
      continue;
    }
    const next = argv[index + 1];
    if (flag.name === 'resume' && (next === undefined || (next.startsWith('-') && next !== '-'))) {
      flags.push('--resume=');
      continue;
    }
    // A negative number is a value; anything else with a dash is the next flag.
    if (next === undefined || (next.startsWith('-') && next !== '-' && !/^-\d/.test(next))) {
      throw usageError(`${word} needs a value: ${word} ${flag.value}`);
    }
    flags.push(withValue(word, flag, next));
    index += 1;
  }
  return { flags, words, wordsBeforeEnd: words.length };
}

interface ReadFlag {
  readonly flag: FlagSpec;
  readonly negated: boolean;
  readonly value: string | undefined;
}

function readFlag(word: string): ReadFlag {
  const equals = word.indexOf('=');
  const head = equals === -1 ? word : word.slice(0, equals);
  const value = equals === -1 ? undefined : word.slice(equals + 1);
  const name = head.replace(/^--?/, '');
  if (name.length === 1 && !head.startsWith('--')) {
    const short = shortFlags.get(name);
    if (short === undefined) throw unknownFlag(head, name);
    return { flag: short, negated: false, value };
  }
  const long = allFlags.get(name);
  if (long !== undefined) return { flag: long, negated: false, value };
  if (name.startsWith('no-')) {
    const positive = allFlags.get(name.slice(3));
    if (positive !== undefined && positive.value === undefined) return { flag: positive, negated: true, value };
  }
  // `-j8`: a number may sit directly behind its letter.
  const attached = /^-([A-Za-z])(\d.*)$/s.exec(word);
  const numeric = attached === null ? undefined : shortFlags.get(attached[1] ?? '');
  if (numeric?.value !== undefined) return { flag: numeric, negated: false, value: attached?.[2] };
  throw unknownFlag(head, name);
}

/**
 * A flag with its value. An empty value is what a variable that is not set leaves behind: it must not quietly mean the default, another
 * place to write to or any session at all.
 */
function withValue(word: string, flag: FlagSpec, value: string): string {
  if (value.trim() !== '') return `--${flag.name}=${value}`;
  const written = word.includes('=') ? word.slice(0, word.indexOf('=')) : word;
  throw usageError(
    `expected ${written} to have a value, got an empty text`,
    `leave ${written} out, or give it one: ${written} ${flag.value ?? ''}`,
  );
}

function booleanFlag(word: string, flag: FlagSpec, negated: boolean, value: string | undefined): string {
  let on = !negated;
  if (value !== undefined) {
    if (!truths.has(value) && !falsehoods.has(value)) {
      throw usageError(`expected ${word.slice(0, word.indexOf('='))} to be true or false, got \`${value}\``);
    }
    on = truths.has(value) !== negated;
  }
  return on ? `--${flag.name}` : `--no-${flag.name}`;
}

function unknownFlag(written: string, name: string): Error {
  const replacement = moved.get(name);
  if (replacement !== undefined) return usageError(`unknown flag ${written}`, `use \`${replacement}\``);
  const dashes = written.startsWith('--') ? '--' : '-';
  const names = [...allFlags.keys()].flatMap((long) =>
    allFlags.get(long)?.value === undefined ? [long, `no-${long}`] : [long],
  );
  const hint = name.length === 1 ? '' : didYouMean(name, names, (candidate) => dashes + candidate);
  return usageError(`unknown flag ${written}`, hint === '' ? '`orc --help` lists the flags' : hint);
}
