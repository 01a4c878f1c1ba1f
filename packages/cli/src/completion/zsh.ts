import { commands } from '../commands/table.ts';
import { shellQuote } from '../output/shell-quote.ts';
import { firstWords, flagWords, secondWords, valueFlags, wordsOf, type Candidates, type Described } from './model.ts';

/** The completion script for zsh: it may be sourced, or lie in a folder of `fpath` as `_orc`. */
export function zshScript(): string {
  const forms = valueFlags();
  const run = commands.find(({ name }) => name === 'run');
  return [
    '#compdef orc',
    '# orc: completion for zsh. Load it with: source <(orc completion zsh)',
    '_orc_sessions() {',
    '  local -a sessions=("${XDG_DATA_HOME:-$HOME/.local/share}"/orchestrator/sessions/*(N/:t))',
    '  compadd -V sessions -- latest ${(O)sessions}',
    '}',
    '_orc() {',
    "  local command='' skip='' word",
    '  local -a described',
    '  integer count=0',
    '  for word in "${(@)words[2,CURRENT-1]}"; do',
    "    if [[ -n $skip ]]; then skip=''; continue; fi",
    '    case $word in',
    `      (${forms.flatMap(([each]) => each).join('|')}) skip=1 ;;`,
    '      (-*) ;;',
    '      (*)',
    '        (( ++count ))',
    '        if (( count == 1 )); then command=$word',
    `        elif (( count == 2 )) && [[ $command == (${secondWords()
      .map(([group]) => group)
      .join('|')}) ]]; then command="$command $word"; fi ;;`,
    '    esac',
    '  done',
    '  case $words[CURRENT-1] in',
    ...forms.map(([each, values]) => `    (${each.join('|')}) ${offer(values)}; return ;;`),
    '  esac',
    '  case $command in',
    `    ('')`,
    `      if [[ $PREFIX == -* ]]; then ${describe('flag', run === undefined ? [] : flagWords(run))}`,
    `      else ${describe('command', firstWords())}; fi ;;`,
    ...secondWords().map(([group, words]) => `    (${group}) ${describe('command', words)} ;;`),
    `    (help) ${describe('command', firstWords())} ;;`,
    ...commands.map(
      (command) =>
        `    (${shellQuote(command.name)}) if [[ $PREFIX == -* ]]; then ${describe('flag', flagWords(command))}; else ${offer(wordsOf(command))}; fi ;;`,
    ),
    '  esac',
    '}',
    // Sourced, it registers itself; found in fpath, it is the function that was asked for.
    'if [[ $funcstack[1] == _orc ]]; then',
    '  _orc "$@"',
    'else',
    '  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i }',
    '  compdef _orc orc',
    'fi',
  ].join('\n');
}

function describe(tag: string, words: readonly Described[]): string {
  const pairs = words.map(([word, meaning]) => shellQuote(`${word}:${meaning.replaceAll(':', '\\:')}`));
  return `described=(${pairs.join(' ')}); _describe ${tag === 'flag' ? '-o ' : ''}${tag} described`;
}

function offer({ words, also }: Candidates): string {
  const offers = [
    ...(also === 'session'
      ? ['_orc_sessions']
      : words.length > 0
        ? [`compadd -- ${words.map(shellQuote).join(' ')}`]
        : []),
    ...(also === 'file' ? ['_files'] : also === 'folder' ? ['_files -/'] : []),
  ];
  return offers.length === 0 ? ':' : offers.join('; ');
}
