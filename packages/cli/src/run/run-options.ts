import type { JsonObject, JsonValue } from '@orc/cache';

import type { FlagValues } from '../args/values.ts';
import { usageError } from '../errors.ts';
import { defaultSeed } from './default-seed.ts';

/**
 * The seed of a call.
 *
 * @throws ERR_CLI_USAGE when it is no whole number.
 */
export function readSeed(flags: FlagValues): number {
  return wholeNumber(flags, 'seed', 0) ?? defaultSeed;
}

/**
 * The word target of a call; `undefined` leaves it to the request and the pipeline.
 *
 * @throws ERR_CLI_USAGE when it is no whole number of 1 or more.
 */
export function readWords(flags: FlagValues): number | undefined {
  const text = flags.text('words');
  const short = text === undefined ? null : /^(\d+(?:\.\d+)?)k$/i.exec(text.replaceAll(',', ''));
  if (short !== null) return Math.round(Number(short[1]) * 1000);
  return wholeNumber(flags, 'words', 1);
}

/**
 * The pipeline's own options, `--option KEY=VALUE`: JSON where it is JSON, else text.
 *
 * @throws ERR_CLI_USAGE when one has no name.
 */
export function readOptions(flags: FlagValues): JsonObject {
  const options = new Map<string, JsonValue>();
  for (const text of flags.list('option')) {
    const equals = text.indexOf('=');
    if (equals < 1) throw usageError(`expected --option to be KEY=VALUE, got \`${text}\``);
    const written = text.slice(equals + 1);
    try {
      options.set(text.slice(0, equals), JSON.parse(written) as JsonValue);
    } catch {
      options.set(text.slice(0, equals), written);
    }
  }
  return Object.fromEntries(options);
}

/**
 * A whole number from a flag.
 *
 * @throws ERR_CLI_USAGE when it is none.
 */
export function wholeNumber(flags: FlagValues, name: string, least: number): number | undefined {
  const text = flags.text(name);
  if (text === undefined) return undefined;
  const value = Number(text.replaceAll(/[,_](?=\d{3})/g, ''));
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < least) {
    throw usageError(`expected --${name} to be a whole number of ${least} or more, got \`${text}\``);
  }
  return value;
}
