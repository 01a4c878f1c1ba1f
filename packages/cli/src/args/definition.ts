import { Command, CommanderError, Option } from 'commander';

import type { CommandSpec } from '../commands/command-spec.ts';
import { flagsOf } from '../commands/table.ts';
import { usageError } from '../errors.ts';
import type { FlagSpec } from './flags.ts';
import { examples, wrap } from './help.ts';
import { didYouMean } from './suggest.ts';
import { FlagValues } from './values.ts';

/**
 * Reads the flags of a command.
 *
 * @throws ERR_CLI_USAGE for a flag that it does not take, or a word that is not among the choices.
 */
export function readFlags(command: CommandSpec, argv: readonly string[]): FlagValues {
  const specs = flagsOf(command);
  const parser = defineCommand(command);
  try {
    parser.parse([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw usageError(commanderMessage(error, command), `orc ${command.name} --help`);
  }
  const values = new Map<string, boolean | string | readonly string[]>();
  for (const option of parser.options) {
    const value: unknown = parser.getOptionValue(option.attributeName());
    if (parser.getOptionValueSource(option.attributeName()) !== 'cli') continue;
    const name = (option.long ?? '').replace(/^--(no-)?/, '');
    if (typeof value === 'boolean' || typeof value === 'string') values.set(name, value);
    else if (Array.isArray(value)) values.set(name, value.map(String));
  }
  for (const { name, choices } of specs) {
    const value = values.get(name);
    if (choices === undefined || typeof value !== 'string' || choices.includes(value)) continue;
    throw usageError(
      `expected --${name} to be one of ${choices.join(', ')}, got \`${value}\``,
      didYouMean(value, choices),
    );
  }
  return new FlagValues(values);
}

function commanderMessage(error: CommanderError, command: CommandSpec): string {
  const unknown = /unknown option '([^'=]+)/.exec(error.message);
  if (unknown !== null) return `orc ${command.name} takes no ${unknown[1]}`;
  return error.message.replace(/^error: /, '');
}

/** A command as commander knows it. */
function defineCommand(spec: CommandSpec): Command {
  const command = new Command(`orc ${spec.name}`)
    .exitOverride()
    .configureOutput({ writeErr: () => {}, writeOut: () => {} })
    .helpOption(false);
  command.description(spec.summary).usage(`${spec.usage} [flags]`).allowExcessArguments();
  for (const flag of flagsOf(spec)) for (const option of defineFlag(flag)) command.addOption(option);
  return command;
}

function defineFlag(flag: FlagSpec): readonly Option[] {
  const head = `${flag.short === undefined ? '' : `-${flag.short}, `}--${flag.name}`;
  if (flag.value === undefined) {
    // Each boolean can be said both ways; the help shows the way that changes something.
    const on = new Option(head, flag.doc);
    const off = new Option(`--no-${flag.name}`, flag.doc);
    return flag.negatable === true ? [on.hideHelp(), off] : [on, off.hideHelp()];
  }
  const option = new Option(`${head} <${flag.value}>`, flag.doc);
  if (flag.repeatable === true)
    option.argParser((value: string, before: readonly string[] | undefined) => [...(before ?? []), value]);
  return [option];
}

/** The help of one command. */
export function commandHelp(spec: CommandSpec, width: number): string {
  const command = defineCommand(spec).configureHelp({ helpWidth: width });
  const body = command.helpInformation().replace('Options:', 'Flags:');
  const details = spec.details === undefined ? '' : `\n${wrap(spec.details, width, 0)}\n`;
  return `${body}${details}\nExamples:\n${examples([spec])}`;
}
