import { shown } from './check-option.ts';
import { CacheError } from './errors.ts';
import { className, isPlain } from './is-plain.ts';

/**
 * The JSON of a value that comes back as it was; anything else is refused with its path.
 * @throws `CacheError` with `ERR_CACHE_SERIALIZE`.
 */
export function stringifyFaithfully(value: unknown, key: string): string {
  try {
    return stringify(value, key);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new CacheError(
      'ERR_CACHE_SERIALIZE',
      `Expected the value of key ${JSON.stringify(key)} to be what JSON can carry, got one that is nested too deeply or too long`,
      { key, cause: error },
    );
  }
}

function stringify(value: unknown, key: string): string {
  if (!isFaithful(value, [])) {
    const fault = findFault(value, '', []);
    const place = fault.path === '' ? 'the value' : `\`${fault.path}\` of the value`;
    throw new CacheError(
      'ERR_CACHE_SERIALIZE',
      `Expected ${place} of key ${JSON.stringify(key)} to be what JSON can carry, got ${fault.what}`,
      { key },
    );
  }
  return JSON.stringify(value);
}

/** Without paths, which cost more than all the rest. */
function isFaithful(value: unknown, above: object[]): boolean {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return true;
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== 'object' || above.includes(value)) return false;
  above.push(value);
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) if (!isFaithful(value[index], above)) return false;
  } else {
    if (!isPlain(value) || Object.getOwnPropertySymbols(value).length > 0) return false;
    for (const name in value) if (!isFaithful((value as Record<string, unknown>)[name], above)) return false;
  }
  above.pop();
  return true;
}

interface Fault {
  readonly path: string;
  readonly what: string;
}

/** What is wrong with a value that is not faithful: its first part that is not, or what it is itself. */
function findFault(value: unknown, path: string, above: object[]): Fault {
  if (typeof value !== 'object' || value === null)
    return { path, what: Object.is(value, -0) ? '`-0` (number)' : shown(value) };
  if (above.includes(value)) return { path, what: 'a cycle' };
  if (!Array.isArray(value)) {
    if (!isPlain(value)) return { path, what: className(value) };
    if (Object.getOwnPropertySymbols(value).length > 0) return { path, what: 'an object with a symbol as member' };
  }
  const within = [...above, value];
  for (const name of Array.isArray(value) ? value.keys() : Object.keys(value)) {
    const part = (value as Record<string | number, unknown>)[name];
    if (isFaithful(part, [...within])) continue;
    const where = typeof name === 'number' ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`;
    return findFault(part, where, within);
  }
  return { path, what: shown(value) };
}
