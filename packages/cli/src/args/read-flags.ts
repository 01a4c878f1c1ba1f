import { parseArgs, type ParseArgsConfig } from 'node:util';

import type { CommandSpec } from '../commands/command-spec.ts';
import { flagsOf } from '../commands/table.ts';
import { usageError } from '../errors.ts';
import { didYouMean } from './suggest.ts';
import { FlagValues } from './values.ts';

/**
 * Reads the normalized flags of a command.
 *
 * @throws ERR_CLI_USAGE for a flag that it does not take, or a word that is not among the choices.
 */
export function readFlags(command: CommandSpec, argv: readonly string[]): FlagValues {
  const specs = flagsOf(command);
  const known = new Set(specs.map(({ name }) => name));
  const options: NonNullable<ParseArgsConfig['options']> = {};
  for (const { name, value, repeatable } of specs)
    options[name] = value === undefined ? { type: 'boolean' } : { type: 'string', multiple: repeatable === true };
  for (const flag of argv) {
    const name = flag.replace(/^--|=.*$/gs, '');
    if (known.has(name) || known.has(name.replace(/^no-/, ''))) continue;
    throw usageError(`orc ${command.name} takes no --${name}`, `orc ${command.name} --help`);
  }
  const { values } = parseArgs({ args: [...argv], options, allowNegative: true });
  for (const { name, choices } of specs) {
    const value = values[name];
    if (choices === undefined || typeof value !== 'string' || choices.includes(value)) continue;
    throw usageError(
      `expected --${name} to be one of ${choices.join(', ')}, got \`${value}\``,
      didYouMean(value, choices),
    );
  }
  const given = Object.entries(values).map(([name, value]) => [name, Array.isArray(value) ? value.map(String) : value]);
  return new FlagValues(new Map(given as [string, boolean | string | readonly string[]][]));
}
