import type { CommandSpec } from '../commands/command-spec.ts';
import { commands, flagsOf, groups } from '../commands/table.ts';
import { exitCodeMeanings } from '../exit-code.ts';
import type { FlagSpec } from './flags.ts';

/** The help of the whole command. */
export function overview(width: number): string {
  const names = commands
    .filter(({ name }) => !name.includes(' '))
    .map((command) => [`${command.name} ${command.usage}`.trim(), command.summary] as const);
  for (const [name, { summary }] of Object.entries(groups)) names.push([name, summary]);
  const run = commands.find(({ name }) => name === 'run');
  return [
    'Usage: orc [run] <request> [flags]',
    '       orc <command> [words] [flags]',
    '',
    wrap(
      'Runs AI phase pipelines: what is known comes from the cache, independent phases run at once, and a run that was killed goes on where it stopped.',
      width,
      0,
    ),
    '',
    'Commands:',
    table(names, width),
    '',
    'Flags of a run (`orc <command> --help` for those of a command):',
    table(run === undefined ? [] : flagsOf(run).map(flagRow), width),
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
    'Examples:',
    run === undefined ? '' : examples([run]),
  ].join('\n');
}

/** The help of a group of commands. */
export function groupOverview(group: string, width: number): string {
  const members = commands.filter(({ name }) => name.startsWith(`${group} `));
  return [
    `Usage: orc ${group} <command> [flags]`,
    '',
    'Commands:',
    table(
      members.map((command) => [`${command.name} ${command.usage}`.trim(), command.summary] as const),
      width,
    ),
    '',
    'Examples:',
    examples(members),
  ].join('\n');
}

function flagRow(flag: FlagSpec): readonly [string, string] {
  const name = flag.negatable === true ? `--no-${flag.name}` : `--${flag.name}`;
  return [
    `${flag.short === undefined ? '    ' : `-${flag.short}, `}${name}${flag.value === undefined ? '' : ` ${flag.value}`}`,
    flag.doc,
  ];
}

function table(rows: readonly (readonly [string, string])[], width: number): string {
  const left = Math.max(...rows.map(([name]) => name.length)) + 4;
  return rows
    .map(([name, text]) => `  ${name.padEnd(left - 2)}${wrap(text, Math.max(width - left, 24), left).trimStart()}`)
    .join('\n');
}

/** Examples with what they do. */
export function examples(specs: readonly CommandSpec[]): string {
  return specs.flatMap((spec) => spec.examples.map(([line, what]) => `  ${line}\n      ${what}\n`)).join('');
}

/** Text in lines of a width, each after an indent. */
export function wrap(text: string, width: number, indent: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].map((each) => ' '.repeat(indent) + each).join('\n');
}
