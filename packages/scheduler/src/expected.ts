import { SchedulerError } from './errors.ts';
import type { SchedulerErrorCode } from './errors.ts';

/** A value as an error message shows it: `` `0` (number) ``. */
function shown(value: unknown): string {
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  if (typeof value === 'object' && value !== null) return type;
  const text =
    typeof value === 'string'
      ? JSON.stringify(value)
      : typeof value === 'function'
        ? `function ${value.name}`
        : String(value);
  return `\`${text.length > 80 ? `${text.slice(0, 77)}…` : text}\` (${type})`;
}

/** The error for bad input: what was expected, and what came. */
export function expected(
  what: string,
  demand: string,
  value: unknown,
  code: SchedulerErrorCode = 'ERR_SCHEDULER_OPTION',
): SchedulerError {
  return new SchedulerError(code, `Expected \`${what}\` to be ${demand}, got ${shown(value)}`);
}

/** An option that must be a whole number of at least `least`. */
export function wholeNumber(what: string, value: unknown, least: number): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least) {
    throw expected(what, `an integer >= ${String(least)}`, value);
  }
  return value;
}

/** An option that must be a duration in milliseconds. */
export function duration(what: string, value: unknown): number {
  if (typeof value !== 'number' || !(value >= 0) || value > 2_147_483_647) {
    throw expected(what, 'milliseconds from 0 to 2147483647', value);
  }
  return value;
}

/** Options must come as an object: `null` or a number there is a mistake in the order of arguments. */
export function optionsObject(what: string, value: unknown): void {
  if (typeof value !== 'object' || value === null) throw expected(what, 'an object', value);
}

/** Refuses a member that nobody reads: a name with a typo would be passed over in silence, and what it stands for with it. */
export function knownMembers(
  what: string,
  value: object,
  known: ReadonlySet<string>,
  code: SchedulerErrorCode = 'ERR_SCHEDULER_OPTION',
): void {
  // Not `Object.keys`: every submit comes by here.
  for (const name in value) {
    if (known.has(name) || !Object.hasOwn(value, name)) continue;
    const names = [...known].map((each) => `\`${each}\``).join(', ');
    throw new SchedulerError(code, `Expected ${what} to have none but ${names}, got \`${name}\``);
  }
}

/** An option that is called, if it is there. */
export function callback(what: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function') throw expected(what, 'a function', value);
}

/** An option that is true or false, if it is there. */
export function flag(what: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'boolean') throw expected(what, 'true or false', value);
}

/** An option that cancels, if it is there. A signal of another realm or library will do. */
export function abortSignal(what: string, value: unknown): void {
  if (value === undefined) return;
  const { aborted, addEventListener } = (value ?? {}) as Partial<AbortSignal>;
  if (typeof aborted !== 'boolean' || typeof addEventListener !== 'function')
    throw expected(what, 'an AbortSignal', value);
}

/** An option that tells the time, if it is there. */
export function clockOption(what: string, value: unknown): void {
  if (value === undefined) return;
  const { now, setTimeout, clearTimeout } = (value ?? {}) as Partial<Record<string, unknown>>;
  if (typeof now !== 'function' || typeof setTimeout !== 'function' || typeof clearTimeout !== 'function')
    throw expected(what, 'a clock with now, setTimeout and clearTimeout', value);
}
