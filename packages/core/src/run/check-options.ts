import { OrcError, shown } from '../errors.ts';

/** Refuses an option. Throws `ERR_ORC_OPTION`. */
export function failOption(path: string, expected: string, got: unknown): never {
  throw new OrcError('ERR_ORC_OPTION', `Expected \`${path}\` to be ${expected}, got ${shown(got)}`);
}

/** The members of a group of options, all of which must be known. */
export function checkGroup(path: string, value: unknown, known: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    failOption(path === '' ? 'options' : path, 'an object', value);
  for (const name of Object.keys(value)) {
    if (known.includes(name)) continue;
    throw new OrcError('ERR_ORC_OPTION', `Expected options that are known, got \`${memberPath(path, name)}\``, {
      hint: `Remove it, or correct its spelling: there are ${known.join(', ')}.`,
    });
  }
  return value as Readonly<Record<string, unknown>>;
}

/** Checks that what is given has these functions. */
export function checkFunctions(path: string, value: unknown, what: string, names: readonly string[]): void {
  if (value === undefined) return;
  const members = (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  if (!names.every((name) => typeof members[name] === 'function')) failOption(path, what, value);
}

/** A number that must be above 0, or nothing. */
export function checkPositive(path: string, value: unknown): void {
  if (value !== undefined && !(typeof value === 'number' && value > 0)) failOption(path, 'a number > 0', value);
}

/** A flag. */
export function boolean(path: string, value: boolean | undefined, fallback: boolean): boolean {
  if (value !== undefined && typeof value !== 'boolean') failOption(path, 'true or false', value);
  return value ?? fallback;
}

/** A number of things. */
export function integer(path: string, value: number | undefined, fallback: number, least = 0): number {
  if (value !== undefined && (!Number.isSafeInteger(value) || value < least))
    failOption(path, `an integer >= ${least}`, value);
  return value ?? fallback;
}

/** A limit, where 0 says that there is none. */
export function limit(path: string, value: number | undefined, fallback: number): number | undefined {
  if (value !== undefined && !(typeof value === 'number' && value >= 0)) failOption(path, 'a number >= 0', value);
  const chosen = value ?? fallback;
  return chosen === 0 || chosen === Infinity ? undefined : chosen;
}

/** Whose run it is. */
export function checkScope(value: unknown): void {
  if (value !== undefined && (typeof value !== 'string' || value === '')) failOption('scope', 'a text', value);
}

function memberPath(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
