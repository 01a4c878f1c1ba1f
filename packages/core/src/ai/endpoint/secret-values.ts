import { OrcError } from '../../errors.ts';
import type { Environment } from '../model-config.ts';

const secretWords = new Set([
  'authorization',
  'cookie',
  'credential',
  'credentials',
  'key',
  'passwd',
  'password',
  'secret',
  'sig',
  'signature',
  'token',
]);

/** Whether a variable, header, parameter or member of this name holds a secret, by its last word: `X-Api-Key`, not `max_tokens`. */
export function namesSecret(name: string): boolean {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]/);
  const last = words.at(-1) ?? '';
  return secretWords.has(last) || last === 'apikey';
}

/**
 * Replaces `${NAME}` in a configured text by the variable.
 * @throws `ERR_ORC_MODEL_AUTH` for a variable that is not set.
 */
export function expandVariables(value: string, what: string, env: Environment): string {
  return value.replaceAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_match, name: string) => {
    const found = env[name];
    if (found !== undefined && found !== '') return found;
    throw new OrcError('ERR_ORC_MODEL_AUTH', `${what} refers to the environment variable ${name}, which is not set`, {
      retryable: false,
      hint: `Set ${name}.`,
    });
  });
}

/** Texts by name with their variables put in, and which of them are secrets. */
export interface ExpandedValues {
  readonly values: Readonly<Record<string, string>>;
  /** Those whose name says so, or that came from a variable. */
  readonly secrets: readonly string[];
  /** The others, which may stand in an identity. */
  readonly open: Readonly<Record<string, string>>;
}

/** Puts the variables into texts by name. */
export function expandAll(texts: Readonly<Record<string, string>>, what: string, env: Environment): ExpandedValues {
  const entries = Object.entries(texts).map(([name, text]) => {
    const value = expandVariables(text, `\`${what}.${name}\``, env);
    return { name, value, secret: namesSecret(name) || value !== text };
  });
  const record = (some: typeof entries): Readonly<Record<string, string>> =>
    Object.fromEntries(some.map(({ name, value }) => [name, value]));
  return {
    values: record(entries),
    secrets: entries.filter(({ secret }) => secret).map(({ value }) => value),
    open: record(entries.filter(({ secret }) => !secret)),
  };
}
