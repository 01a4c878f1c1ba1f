import type { FlagSpec } from '../args/flag-spec.ts';
import { globalFlags } from '../args/run-flags.ts';
import type { CommandSpec } from './command-spec.ts';
import { cacheCommands } from './definitions/cache-commands.ts';
import { runCommands } from './definitions/run-commands.ts';
import { sessionCommands } from './definitions/session-commands.ts';
import { setupCommands } from './definitions/setup-commands.ts';

/** All commands, in the order of the help. */
export const commands: readonly CommandSpec[] = [
  ...runCommands,
  ...sessionCommands,
  ...cacheCommands,
  ...setupCommands,
];

/** The commands that have subcommands, and the one that is meant without one. */
export const groups: ReadonlyMap<string, { readonly summary: string; readonly fallback: string | undefined }> = new Map(
  [
    ['sessions', { summary: 'list, show and remove sessions', fallback: 'sessions list' }],
    ['cache', { summary: 'look into the cache', fallback: 'cache stats' }],
    ['config', { summary: 'look at and change the configuration', fallback: 'config list' }],
    ['pipelines', { summary: 'look at pipelines', fallback: 'pipelines list' }],
  ],
);

/** All flags of a command. */
export function flagsOf(command: CommandSpec): readonly FlagSpec[] {
  return [...command.flags, ...globalFlags];
}

/** The first words of all commands, in the order of the table. */
export function topLevel(): readonly string[] {
  return [...new Set(commands.map(({ name }) => name.split(' ')[0] ?? name))];
}
