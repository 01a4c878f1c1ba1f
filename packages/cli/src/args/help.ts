import type { CommandSpec } from '../commands/command-spec.ts';
import { commands, flagsOf, groups, topLevel } from '../commands/table.ts';
import { exitCodeMeanings } from '../exit-code.ts';
import { globalFlags, runFlags } from './run-flags.ts';
import { examples, flagTables, sentence, table, wrap } from './help-layout.ts';

type Row = readonly [string, string];

const purpose =
  'Runs AI phase pipelines: what is known comes from the cache, independent phases run at once, and a run that was killed goes on where it stopped.';

/** What somebody gets who only says `orc`: how to begin, in less than a window. */
export function welcome(width: number): string {
  const first: readonly Row[] = [
    ['orc "Create a story about space exploration"', 'write a story'],
    ['orc plan "A novel about the sea"', 'see what a run would do and cost'],
    ['orc "What is rain?" > answer.md', 'the result alone into a file'],
    ['orc resume', 'go on with the latest run'],
    ['orc report --open', 'timeline, critical path, savings'],
    ['orc doctor', 'check keys, folders, terminal'],
  ];
  return [
    wrap(purpose, width, 0),
    'It needs no key to be tried: without one, a built-in model writes.',
    '',
    'To begin with:',
    width >= 80 ? table(first, width) : first.map(([line, what]) => `  ${line}\n      ${what}`).join('\n'),
    '',
    'Commands:',
    wrap(topLevel().join(', '), width - 2, 2),
    '',
    wrap('`orc --help` shows every flag, `orc help <command>` those of a command, with examples.', width, 0),
    '',
  ].join('\n');
}

/** The help of the whole command. */
export function overview(width: number): string {
  const run = commands.filter(({ name }) => name === 'run');
  return [
    'Usage: orc [run] <request> [flags]',
    '       orc <command> [words] [flags]',
    '',
    wrap(purpose, width, 0),
    '',
    'Examples:',
    examples(run),
    'Commands:',
    table(commandRows(), width),
    '',
    wrap('The flags below are those of a run; `orc help <command>` shows those of a command, with examples.', width, 0),
    '',
    flagTables([...runFlags, ...globalFlags], width),
    '',
    wrap(
      'Go style works too: -concurrency 8, -optimized=false. `orc run -- "resume"` runs a request that is the name of a command.',
      width,
      0,
    ),
    '',
    'Exit codes:',
    table(
      exitCodeMeanings.map(([code, meaning]) => [String(code), meaning] as const),
      width,
    ),
    '',
  ].join('\n');
}

/** The help of a group of commands. */
export function groupOverview(group: string, width: number): string {
  const members = commands.filter(({ name }) => name.startsWith(`${group} `));
  const fallback = groups.get(group)?.fallback;
  return [
    `Usage: orc ${group} <command> [flags]`,
    '',
    'Commands:',
    table(
      members.map((command) => [`${command.name} ${command.usage}`.trim(), command.summary] as const),
      width,
    ),
    '',
    fallback === undefined
      ? ''
      : `${wrap(`\`orc ${group}\` alone is \`orc ${fallback}\`. \`orc help ${group} <command>\` tells more.`, width, 0)}\n`,
    'Examples:',
    examples(members),
  ].join('\n');
}

/** The help of one command. */
export function commandHelp(command: CommandSpec, width: number): string {
  return [
    `Usage: ${['orc', command.name, command.usage, '[flags]'].filter((word) => word !== '').join(' ')}`,
    '',
    wrap(sentence(`${command.summary}.`), width, 0),
    ...(command.details === undefined ? [] : ['', wrap(command.details, width, 0)]),
    '',
    flagTables(flagsOf(command), width),
    '',
    'Examples:',
    examples([command]),
  ].join('\n');
}

/** Commands and groups as the table of the help shows them. */
function commandRows(): readonly Row[] {
  return topLevel().map((name): Row => {
    const command = commands.find((each) => each.name === name);
    return command === undefined
      ? [name, groups.get(name)?.summary ?? '']
      : [`${name} ${command.usage}`.trim(), command.summary];
  });
}
