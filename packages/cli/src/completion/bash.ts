import { commands } from '../commands/table.ts';
import { firstWords, flagWords, secondWords, valueFlags, wordsOf, type Candidates, type Described } from './model.ts';

/** The completion script for bash. */
export function bashScript(): string {
  const names = (words: readonly Described[]): string => words.map(([word]) => word).join(' ');
  const forms = valueFlags();
  return [
    '# orc: completion for bash. Load it with: source <(orc completion bash)',
    '_orc_sessions() {',
    '  ls -1 "${XDG_DATA_HOME:-$HOME/.local/share}/orchestrator/sessions" 2>/dev/null',
    '}',
    '_orc() {',
    '  local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}" word command="" count=0 skip="" i',
    '  for ((i = 1; i < COMP_CWORD; i++)); do',
    '    word="${COMP_WORDS[i]}"',
    '    if [[ -n "$skip" ]]; then skip=""; continue; fi',
    '    case "$word" in',
    `      ${forms.flatMap(([each]) => each).join('|')}) skip=1 ;;`,
    '      -*) ;;',
    '      *) count=$((count + 1)); case $count in 1) command="$word" ;; 2)',
    `        case "$command" in ${secondWords()
      .map(([group]) => group)
      .join('|')}) command="$command $word" ;; esac ;; esac ;;`,
    '    esac',
    '  done',
    '  case "$prev" in',
    ...forms.map(([each, values]) => `    ${each.join('|')}) ${reply(values)}; return ;;`),
    '  esac',
    '  case "$command" in',
    `    "") if [[ "$cur" == -* ]]; then ${reply({ words: runFlags() })}; else ${reply({ words: [names(firstWords())] })}; fi ;;`,
    ...secondWords().map(([group, words]) => `    ${group}) ${reply({ words: [names(words)] })} ;;`),
    `    help) ${reply({ words: [names(firstWords())] })} ;;`,
    ...commands.map(
      (command) =>
        `    "${command.name}") if [[ "$cur" == -* ]]; then ${reply({ words: [names(flagWords(command))] })}; else ${reply(wordsOf(command))}; fi ;;`,
    ),
    '  esac',
    '}',
    'complete -F _orc orc',
  ].join('\n');
}

function runFlags(): readonly string[] {
  const run = commands.find(({ name }) => name === 'run');
  return run === undefined ? [] : flagWords(run).map(([word]) => word);
}

function reply({ words, also }: Candidates): string {
  if (words.length === 0 && also === undefined) return 'COMPREPLY=()';
  const fixed = [...words, ...(also === 'session' ? ['$(_orc_sessions)'] : [])].join(' ');
  const looked = also === 'file' ? ' -f' : also === 'folder' ? ' -d' : '';
  return `COMPREPLY=($(compgen${fixed === '' ? '' : ` -W "${fixed}"`}${looked} -- "$cur"))`;
}
