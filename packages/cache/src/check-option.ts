import { CacheError } from './errors.ts';

/** A value as an error message shows it: `` `0` (number) ``. */
export function shown(value: unknown): string {
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  if (type === 'object' || type === 'array') return type;
  if (typeof value === 'function') return 'function';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return `\`${text.length > 80 ? `${text.slice(0, 77)}…` : text}\` (${type})`;
}

function refuse(name: string, expected: string, value: unknown): never {
  throw new CacheError('ERR_CACHE_OPTION', `Expected \`${name}\` to be ${expected}, got ${shown(value)}`);
}

/** Refuses options that are no object, or that have a member nobody reads. */
export function checkKnown(options: unknown, known: readonly string[], owner: string): void {
  if (typeof options !== 'object' || options === null) refuse(`${owner} options`, 'an object', options);
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) {
      throw new CacheError(
        'ERR_CACHE_OPTION',
        `Expected ${owner} options to be of ${known.map((each) => `\`${each}\``).join(', ')}, got \`${name}\``,
      );
    }
  }
}

/** An integer of at least `least` and at most `most`. */
export function checkInteger(
  name: string,
  value: unknown,
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
): number {
  if (!Number.isSafeInteger(value) || (value as number) < least) refuse(name, `an integer >= ${least}`, value);
  if ((value as number) > most) refuse(name, `an integer <= ${most}`, value);
  return value as number;
}

/** A duration in ms: a number above 0, `Infinity` included. */
export function checkDuration(name: string, value: unknown): number {
  if (typeof value !== 'number' || !(value > 0)) refuse(name, 'a number of milliseconds > 0, or Infinity', value);
  return value;
}

/** A length of time that may be nothing: a number of ms >= 0, `Infinity` included. */
export function checkSpan(name: string, value: unknown): number {
  if (typeof value !== 'number' || !(value >= 0)) refuse(name, 'a number of milliseconds >= 0, or Infinity', value);
  return value;
}

/** A number from 0 to 1. */
export function checkFraction(name: string, value: unknown): number {
  if (typeof value !== 'number' || !(value >= 0 && value <= 1)) refuse(name, 'a number from 0 to 1', value);
  return value;
}

/** Yes or no. */
export function checkFlag(name: string, value: unknown): boolean {
  if (typeof value !== 'boolean') refuse(name, 'true or false', value);
  return value;
}

/** A function, or nothing. */
export function checkFunction(name: string, value: unknown): void {
  if (value !== undefined) checkCallable(name, value);
}

/** A function. */
export function checkCallable(name: string, value: unknown): void {
  if (typeof value !== 'function') refuse(name, 'a function', value);
}

/** A string that is not empty. */
export function checkText(name: string, value: unknown): string {
  if (typeof value !== 'string' || value === '') refuse(name, 'a string that is not empty', value);
  return value;
}

/** A key or a tag of a `TieredCache`: the slower tiers make names of files and the like of it. */
export function checkKey(value: unknown, name = 'key'): void {
  if (typeof value !== 'string') refuse(name, 'a string', value);
}

/** An array of strings. */
export function checkTags(value: unknown): readonly string[] {
  if (!Array.isArray(value) || !value.every((tag) => typeof tag === 'string')) {
    refuse('tags', 'an array of strings', value);
  }
  return value;
}

/** An object with certain methods, its own or inherited. */
export function checkMethods(name: string, value: unknown, methods: readonly string[]): void {
  const object = value as Record<string, unknown> | null;
  if (typeof object !== 'object' || object === null || !methods.every((each) => typeof object[each] === 'function')) {
    refuse(name, `an object with ${methods.map((each) => `${each}()`).join(', ')}`, value);
  }
}

/** Something with the methods of a clock. */
export function checkClock(value: unknown): void {
  checkMethods('clock', value, ['now', 'setTimeout', 'clearTimeout']);
}
