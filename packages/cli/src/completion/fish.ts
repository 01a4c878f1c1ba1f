import type { CommandSpec } from '../commands/command-spec.ts';
import { commands, flagsOf } from '../commands/table.ts';
import { firstWords, secondWords, valueFlags, valuesOf, wordsOf, type Candidates } from './model.ts';

/** The completion script for fish. */
export function fishScript(): string {
  const taking = valueFlags().flatMap(([forms]) => forms);
  const groups = secondWords().map(([group]) => group);
  const add = (condition: string, rest: string): string => `complete -c orc -n ${quote(condition)} ${rest}`;
  return [
    '# orc: completion for fish. Save it as ~/.config/fish/completions/orc.fish',
    'function __orc_sessions',
    '  set -l data (set -q XDG_DATA_HOME; and echo $XDG_DATA_HOME; or echo ~/.local/share)',
    '  echo latest',
    '  command ls -1 $data/orchestrator/sessions 2>/dev/null',
    'end',
    '# The command that is typed so far: its one or two words, or nothing.',
    'function __orc_command',
    '  set -l found',
    '  set -l skip 0',
    '  for word in (commandline -opc)[2..-1]',
    '    if test $skip = 1',
    '      set skip 0',
    `    else if contains -- $word ${taking.join(' ')}`,
    '      set skip 1',
    "    else if not string match -q -- '-*' $word",
    '      set -a found $word',
    '    end',
    '  end',
    `  if contains -- "$found[1]" ${groups.join(' ')}`,
    '    string join " " $found[1..2]',
    '  else',
    '    echo "$found[1]"',
    '  end',
    'end',
    'function __orc_is',
    '  test "$(__orc_command)" = "$argv"',
    'end',
    'complete -c orc -f',
    ...firstWords().flatMap(([word, meaning]) =>
      ['', 'help'].map((command) => add(`__orc_is ${command}`.trim(), `-a ${word} -d ${quote(meaning)}`)),
    ),
    ...secondWords().flatMap(([group, words]) =>
      words.map(([word, meaning]) => add(`__orc_is ${group}`, `-a ${word} -d ${quote(meaning)}`)),
    ),
    ...commands.flatMap((command) => {
      const condition = conditionOf(command);
      const words = argumentsOf(wordsOf(command));
      return [
        ...(words === '' ? [] : [add(condition, words)]),
        ...flagsOf(command).map((flag) => {
          const short = flag.short === undefined ? '' : ` -s ${flag.short}`;
          const name = flag.off === undefined ? flag.name : `no-${flag.name}`;
          const value = flag.value === undefined ? '' : ` -x ${argumentsOf(valuesOf(flag))}`.trimEnd();
          return add(condition, `-l ${name}${short}${value} -d ${quote(flag.off ?? flag.doc)}`);
        }),
      ];
    }),
  ].join('\n');
}

/** The flags of a run stand behind `orc` itself, too. */
function conditionOf({ name }: CommandSpec): string {
  return name === 'run' ? '__orc_is; or __orc_is run' : `__orc_is ${name}`;
}

function argumentsOf({ words, also }: Candidates): string {
  const looked =
    also === 'session'
      ? '(__orc_sessions)'
      : also === 'file'
        ? '(__fish_complete_path)'
        : also === 'folder'
          ? '(__fish_complete_directories)'
          : '';
  const all = [...(also === 'session' ? [] : words), looked].filter((word) => word !== '').join(' ');
  return all === '' ? '' : `-a ${quote(all)}`;
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
