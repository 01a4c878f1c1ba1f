import type { CommandSpec } from '../commands/command-spec.ts';
import { commands, groups } from '../commands/table.ts';
import { usageError } from '../errors.ts';
import { commandHelp, groupOverview, overview, welcome } from './help.ts';
import { normalizeArgv, type NormalizedArgv } from './normalize.ts';
import { readFlags } from './read-flags.ts';
import { didYouMean } from './suggest.ts';
import type { FlagValues } from './values.ts';

/** What a command line asks for. */
export type Invocation =
  | { readonly type: 'help'; readonly text: string }
  | { readonly type: 'version' }
  | {
      readonly type: 'command';
      readonly command: CommandSpec;
      readonly words: readonly string[];
      readonly flags: FlagValues;
    };

/** What shapes the help. */
export interface HelpOptions {
  /** The width of the terminal. */
  readonly columns: number;
  /** Whether words can be typed or piped in: without words, a terminal gets the help and a pipe is the request. */
  readonly interactive: () => boolean;
}

/**
 * Reads a command line.
 *
 * @throws ERR_CLI_USAGE with what was probably meant.
 */
export function parseArgv(argv: readonly string[], help: HelpOptions): Invocation {
  const normalized = normalizeArgv(argv);
  if (normalized.flags.includes('--version')) return { type: 'version' };
  const asked = normalized.words[0] === 'help' && normalized.wordsBeforeEnd > 0;
  const named = asked ? shifted(normalized) : normalized;
  // `orc help help` is the help of everything.
  const line = asked && named.words[0] === 'help' ? shifted(named) : named;
  const wantsHelp = asked || normalized.flags.includes('--help');
  const found = resolveCommand(line, wantsHelp);
  if (asked && found?.command.name === 'run' && line.words.length > 0 && line.words[0] !== 'run') {
    throw usageError(`there is no command \`${line.words.join(' ')}\``, '`orc --help` lists the commands');
  }
  if (wantsHelp) return { type: 'help', text: helpFor(found, help) };
  if (
    found === undefined ||
    (found.command.name === 'run' && line.words.length === 0 && line.flags.length === 0 && help.interactive())
  ) {
    return { type: 'help', text: welcome(widthOf(help)) };
  }
  return redirect(found, readFlags(found.command, line.flags));
}

interface Found {
  readonly command: CommandSpec;
  readonly group?: string;
  readonly words: readonly string[];
}

function shifted(line: NormalizedArgv): NormalizedArgv {
  return { flags: line.flags, words: line.words.slice(1), wordsBeforeEnd: line.wordsBeforeEnd - 1 };
}

function byName(name: string): CommandSpec | undefined {
  return commands.find((command) => command.name === name);
}

function resolveCommand(line: NormalizedArgv, wantsHelp: boolean): Found | undefined {
  const [first, second] = line.words.slice(0, line.wordsBeforeEnd);
  const group = first === undefined ? undefined : groups.get(first);
  if (first !== undefined && group !== undefined) {
    if (second === undefined) {
      if (wantsHelp || group.fallback === undefined) return groupHelp(first);
      const fallback = byName(group.fallback);
      return fallback && { command: fallback, words: [] };
    }
    const command = byName(`${first} ${second}`);
    if (command !== undefined) return { command, words: line.words.slice(2) };
    const names = commands
      .filter(({ name }) => name.startsWith(`${first} `))
      .map(({ name }) => name.slice(first.length + 1));
    const hint = didYouMean(second, names, (candidate) => `orc ${first} ${candidate}`);
    throw usageError(
      `unknown command \`orc ${first} ${second}\``,
      hint === '' ? `there are ${names.join(', ')}` : hint,
    );
  }
  const named = first === undefined ? undefined : byName(first);
  if (named !== undefined) return { command: named, words: line.words.slice(1) };
  const run = byName('run');
  if (run === undefined || (wantsHelp && line.words.length === 0)) return undefined;
  if (first !== undefined && line.words.length === 1 && !/\s/.test(first)) {
    const names = [...commands.map(({ name }) => name).filter((name) => !name.includes(' ')), ...groups.keys()];
    const hint = didYouMean(first, names, (candidate) => `orc ${candidate}`);
    if (hint !== '') throw usageError(`unknown command \`orc ${first}\``, `${hint} As a request: \`orc run ${first}\``);
  }
  return { command: run, words: line.words };
}

/** The group's help stands under the name of its first command. */
function groupHelp(group: string): Found | undefined {
  const command = commands.find(({ name }) => name.startsWith(`${group} `));
  return command && { command, group, words: [] };
}

function redirect(found: Found, flags: FlagValues): Invocation {
  let { command, words } = found;
  if (command.name === 'run') {
    if (words.length > 1) {
      // `-optimized false "a story"`: a boolean takes no word, or it would swallow the request.
      const [first = ''] = words;
      if (words.length === 2 && /^(true|false)$/i.test(first))
        throw usageError(
          `\`${first}\` stands alone: a flag that is on or off takes its value with \`=\``,
          `for example -optimized=${first.toLowerCase()}`,
        );
      throw usageError(
        `the request is one argument, got ${words.length}`,
        `quote the request: orc ${words[0]?.startsWith('-') === true ? '-- ' : ''}"${words.join(' ')}"`,
      );
    }
    const session = flags.text('resume');
    if (session !== undefined) {
      command = byName('resume') ?? command;
      words = [session === '' ? 'latest' : session, ...words];
    } else if (flags.is('dry-run') === true) {
      command = byName('plan') ?? command;
    }
  }
  const [least, most] = command.words;
  if (words.length < least)
    throw usageError(`orc ${command.name} needs ${command.usage}`, `orc ${command.name} --help`);
  if (words.length > most) {
    throw usageError(
      `orc ${command.name} takes ${most === 0 ? 'no words' : command.usage}, got \`${words.slice(most).join(' ')}\``,
      `orc ${command.name} --help`,
    );
  }
  return { type: 'command', command, words, flags };
}

function helpFor(found: Found | undefined, options: HelpOptions): string {
  const width = widthOf(options);
  if (found === undefined) return overview(width);
  if (found.group !== undefined) return groupOverview(found.group, width);
  return commandHelp(found.command, width);
}

/** Wide enough for two columns, and never wider than people like to read. */
function widthOf({ columns }: HelpOptions): number {
  return Math.max(40, Math.min(columns, 100));
}
