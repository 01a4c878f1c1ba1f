import type { FlagSpec } from '../args/flag-spec.ts';
import { commands, flagsOf, groups, topLevel } from '../commands/table.ts';
import type { CommandSpec } from '../commands/command-spec.ts';
import { settingKeys } from '../config/settings.ts';
import { builtInNames } from '../engine/built-in-names.ts';

/** The shells that there are scripts for. */
export const shells = ['bash', 'zsh', 'fish'] as const;

/** What a value or a word may be: fixed words, and files, folders or the ids of sessions besides. */
export interface Candidates {
  /** Fixed words. */
  readonly words: readonly string[];
  /** What else the shell looks up. */
  readonly also?: 'file' | 'folder' | 'session' | undefined;
}

/** A word with what it means, for shells that show both. */
export type Described = readonly [word: string, meaning: string];

/** The first words: commands, groups and `help`. */
export function firstWords(): readonly Described[] {
  const meaning = (name: string): string =>
    groups.get(name)?.summary ?? commands.find((each) => each.name === name)?.summary ?? '';
  return [...topLevel().map((name) => [name, meaning(name)] as const), ['help', 'show the help of a command']];
}

/** The second words of each group. */
export function secondWords(): readonly (readonly [group: string, words: readonly Described[]])[] {
  return [...groups.keys()].map((group) => [
    group,
    commands
      .filter(({ name }) => name.startsWith(`${group} `))
      .map(({ name, summary }) => [name.slice(group.length + 1), summary] as const),
  ]);
}

/** The flags of a command as they are typed. */
export function flagWords(command: CommandSpec): readonly Described[] {
  return flagsOf(command).flatMap((flag) => [
    ...(flag.off === undefined ? [[`--${flag.name}`, flag.doc] as const] : [[`--no-${flag.name}`, flag.off] as const]),
    ...(flag.short === undefined ? [] : [[`-${flag.short}`, flag.doc] as const]),
  ]);
}

/** The flags that take a value: the forms in which they are written, and what the value may be. */
export function valueFlags(): readonly (readonly [forms: readonly string[], values: Candidates])[] {
  const seen = new Map<string, readonly [readonly string[], Candidates]>();
  // The first command that has a flag decides how its value is completed.
  for (const flag of commands.flatMap(flagsOf)) {
    if (flag.value === undefined || seen.has(flag.name)) continue;
    const short = flag.short === undefined ? [] : [`-${flag.short}`];
    seen.set(flag.name, [[`--${flag.name}`, `-${flag.name}`, ...short], valuesOf(flag)]);
  }
  return [...seen.values()];
}

/** What the value of a flag may be. */
export function valuesOf(flag: FlagSpec): Candidates {
  if (flag.choices !== undefined) return { words: flag.choices };
  switch (flag.complete) {
    case 'pipeline':
      return { words: ['auto', ...builtInNames], also: 'file' };
    case 'session':
      return { words: ['latest'], also: 'session' };
    case 'model':
      return { words: ['offline/scribe', 'openai/', 'anthropic/', 'google/', 'ollama/', 'lmstudio/', 'exec/'] };
    case 'file':
    case 'folder':
      return { words: [], also: flag.complete };
    case undefined:
      break;
  }
  return { words: [] };
}

/** What the words of a command may be. */
export function wordsOf(command: CommandSpec): Candidates {
  switch (command.complete) {
    case 'pipeline':
      return { words: builtInNames, also: 'file' };
    case 'setting':
      return { words: settingKeys };
    case 'shell':
      return { words: shells };
    case 'session':
      return { words: ['latest'], also: 'session' };
    case 'file':
      return { words: [], also: 'file' };
    case undefined:
      break;
  }
  return { words: [] };
}
