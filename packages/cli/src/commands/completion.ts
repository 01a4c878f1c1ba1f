import { commands, flagsOf, groups } from './table.ts';
import type { CommandContext } from './context.ts';
import { builtInNames } from '../engine/built-in-names.ts';
import { settingKeys } from '../config/settings.ts';
import { didYouMean } from '../args/suggest.ts';
import { usageError } from '../errors.ts';

const shells = ['bash', 'zsh', 'fish'] as const;

/** `orc completion bash|zsh|fish`: a static script made from the table of commands. */
export async function completion(context: CommandContext): Promise<number> {
  const [shell = ''] = context.words;
  switch (shell) {
    case 'bash':
      context.print(bash());
      return 0;
    case 'zsh':
      // zsh runs bash completions through its own bridge.
      context.print(['#compdef orc', 'autoload -U +X bashcompinit && bashcompinit', bash()].join('\n'));
      return 0;
    case 'fish':
      context.print(fish());
      return 0;
    default:
      throw usageError(
        `there is no completion for \`${shell}\``,
        didYouMean(shell, shells) || `there are ${shells.join(', ')}`,
      );
  }
}

function topLevel(): readonly string[] {
  return [...new Set(commands.map(({ name }) => name.split(' ')[0] ?? name)), 'help'];
}

function subcommands(group: string): readonly string[] {
  return commands.filter(({ name }) => name.startsWith(`${group} `)).map(({ name }) => name.slice(group.length + 1));
}

/** The words that complete a command: each is a shell expression. */
function wordsOf(kind: string | undefined): string {
  if (kind === 'pipeline') return builtInNames.join(' ');
  if (kind === 'setting') return settingKeys.join(' ');
  if (kind === 'shell') return shells.join(' ');
  if (kind === 'session') return 'latest $(_orc_sessions)';
  return '';
}

function flagWords(name: string): string {
  const command = commands.find((each) => each.name === name);
  if (command === undefined) return '';
  return flagsOf(command)
    .flatMap((flag) => [
      `--${flag.name}`,
      ...(flag.negatable === true ? [`--no-${flag.name}`] : []),
      ...(flag.short === undefined ? [] : [`-${flag.short}`]),
    ])
    .join(' ');
}

function bash(): string {
  const values = new Map<string, string>();
  for (const command of commands) {
    for (const flag of flagsOf(command)) {
      if (flag.value === undefined) continue;
      const names = `--${flag.name}|-${flag.name}${flag.short === undefined ? '' : `|-${flag.short}`}`;
      // The first command that has a flag decides how its value is completed.
      if (values.has(names)) continue;
      if (flag.choices !== undefined)
        values.set(names, `COMPREPLY=($(compgen -W "${flag.choices.join(' ')}" -- "$cur"))`);
      else if (flag.complete === 'folder') values.set(names, 'COMPREPLY=($(compgen -d -- "$cur"))');
      else if (flag.complete === 'pipeline')
        values.set(names, `COMPREPLY=($(compgen -W "auto ${builtInNames.join(' ')}" -f -- "$cur"))`);
      else if (flag.complete === 'session')
        values.set(names, 'COMPREPLY=($(compgen -W "latest $(_orc_sessions)" -- "$cur"))');
      else if (flag.complete === 'model')
        values.set(
          names,
          'COMPREPLY=($(compgen -W "offline/scribe openai/ anthropic/ google/ ollama/ lmstudio/ exec/" -- "$cur"))',
        );
      else values.set(names, flag.complete === 'file' ? 'COMPREPLY=($(compgen -f -- "$cur"))' : 'COMPREPLY=()');
    }
  }
  const cases = commands.map((command) => {
    const words = wordsOf(command.complete);
    const reply =
      command.complete === 'file'
        ? 'COMPREPLY=($(compgen -f -- "$cur"))'
        : `COMPREPLY=($(compgen -W "${words}" -- "$cur"))`;
    return `    "${command.name}") if [[ "$cur" == -* ]]; then COMPREPLY=($(compgen -W "${flagWords(command.name)}" -- "$cur")); else ${reply}; fi ;;`;
  });
  const groupCases = Object.keys(groups).map(
    (group) =>
      `    ${group}) command="${group} \${words[1]}"; if [[ \${#words[@]} -lt 2 ]]; then COMPREPLY=($(compgen -W "${subcommands(group).join(' ')}" -- "$cur")); return; fi ;;`,
  );
  return [
    '# orc: completion for bash. Load it with: source <(orc completion bash)',
    '_orc_sessions() {',
    '  ls -1 "${XDG_DATA_HOME:-$HOME/.local/share}/orchestrator/sessions" 2>/dev/null',
    '}',
    '_orc() {',
    '  local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}" word command i',
    '  local -a words=()',
    '  for ((i = 1; i < COMP_CWORD; i++)); do',
    '    word="${COMP_WORDS[i]}"',
    '    [[ "$word" == -* ]] || words+=("$word")',
    '  done',
    '  case "$prev" in',
    ...[...values].map(([names, reply]) => `    ${names}) ${reply}; return ;;`),
    '  esac',
    '  if [[ ${#words[@]} -eq 0 ]]; then',
    `    if [[ "$cur" == -* ]]; then COMPREPLY=($(compgen -W "${flagWords('run')}" -- "$cur"));`,
    `    else COMPREPLY=($(compgen -W "${topLevel().join(' ')}" -- "$cur")); fi`,
    '    return',
    '  fi',
    '  command="${words[0]}"',
    '  case "${words[0]}" in',
    ...groupCases,
    '  esac',
    '  case "$command" in',
    ...cases,
    '  esac',
    '}',
    'complete -F _orc orc',
  ].join('\n');
}

function fish(): string {
  const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const lines = ['# orc: completion for fish. Save it as ~/.config/fish/completions/orc.fish', 'complete -c orc -f'];
  for (const name of topLevel()) {
    const command = commands.find((each) => each.name === name);
    const summary = command?.summary ?? groups[name]?.summary ?? 'show help';
    lines.push(`complete -c orc -n __fish_use_subcommand -a ${name} -d ${quote(summary)}`);
  }
  for (const group of Object.keys(groups)) {
    const members = subcommands(group);
    const condition = `__fish_seen_subcommand_from ${group}; and not __fish_seen_subcommand_from ${members.join(' ')}`;
    for (const member of members) {
      const summary = commands.find(({ name }) => name === `${group} ${member}`)?.summary ?? '';
      lines.push(`complete -c orc -n ${quote(condition)} -a ${member} -d ${quote(summary)}`);
    }
  }
  for (const command of commands) {
    const condition =
      command.name === 'run'
        ? `__fish_use_subcommand; or __fish_seen_subcommand_from run`
        : command.name
            .split(' ')
            .map((word) => `__fish_seen_subcommand_from ${word}`)
            .join('; and ');
    const words =
      command.complete === 'session'
        ? 'latest (ls -1 (set -q XDG_DATA_HOME; and echo $XDG_DATA_HOME; or echo ~/.local/share)/orchestrator/sessions 2>/dev/null)'
        : wordsOf(command.complete);
    if (words !== '') lines.push(`complete -c orc -n ${quote(condition)} -a ${quote(words)}`);
    for (const flag of flagsOf(command)) {
      const short = flag.short === undefined ? '' : ` -s ${flag.short}`;
      const value =
        flag.value === undefined
          ? ''
          : flag.choices !== undefined
            ? ` -x -a ${quote(flag.choices.join(' '))}`
            : flag.complete === 'file' || flag.complete === 'folder'
              ? ' -r -F'
              : ' -x';
      const name = flag.negatable === true ? `no-${flag.name}` : flag.name;
      lines.push(`complete -c orc -n ${quote(condition)}${short} -l ${name}${value} -d ${quote(flag.doc)}`);
    }
  }
  return lines.join('\n');
}
