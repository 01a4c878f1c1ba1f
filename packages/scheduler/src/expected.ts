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
