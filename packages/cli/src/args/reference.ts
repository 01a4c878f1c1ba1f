import { commands, groups } from '../commands/table.ts';
import { environmentName, defaultSettings, settingKeys, settingSpecs } from '../config/settings.ts';
import { projectRuleText } from '../config/project-rules.ts';
import { jsonValue } from '../config/show-value.ts';
import { exitCodeMeanings } from '../exit-code.ts';
import type { FlagSpec } from './flag-spec.ts';
import { otherFlags } from './other-flags.ts';
import { globalFlags, runFlags } from './run-flags.ts';

/** The parts of the reference that are made from the definitions, by the name of their place in the page. */
export function reference(): Readonly<Record<'commands' | 'flags' | 'settings' | 'exit-codes', string>> {
  return { commands: commandTable(), flags: flagTable(), settings: settingTable(), 'exit-codes': exitCodeTable() };
}

/** Puts the parts into their places in a page: between `<!-- NAME -->` and `<!-- /NAME -->`. */
export function fillIn(page: string): string {
  let filled = page;
  for (const [name, part] of Object.entries(reference())) {
    const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const start = filled.indexOf(open);
    const end = filled.indexOf(close);
    if (start === -1 || end === -1) throw new Error(`Expected the page to hold ${open} and ${close}`);
    filled = `${filled.slice(0, start + open.length)}\n${part}\n${filled.slice(end)}`;
  }
  return filled;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const escape = (cell: string): string => cell.replaceAll('|', '\\|');
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(escape).join(' | ')} |`).join('\n');
}

function commandTable(): string {
  return table(
    ['command', 'what it does'],
    commands.map(({ name, usage, summary }) => {
      const group = [...groups].find(([, { fallback }]) => fallback === name)?.[0];
      return [`\`orc ${`${name} ${usage}`.trim()}\`${group === undefined ? '' : `, \`orc ${group}\``}`, summary];
    }),
  );
}

function flagTable(): string {
  const where = (flag: FlagSpec): string => {
    if (globalFlags.includes(flag)) return 'everywhere';
    const names = commands
      .filter((command) => command.flags.some((each) => each.name === flag.name))
      .map(({ name }) => name);
    return names.length > 6 ? `${names.slice(0, 6).join(', ')}, …` : names.join(', ');
  };
  return table(
    ['flag', 'what it does', 'setting', 'commands'],
    [...runFlags, ...globalFlags, ...Object.values(otherFlags)].map((flag) => {
      const long = flag.off !== undefined ? `--[no-]${flag.name}` : `--${flag.name}`;
      const written = `\`${flag.short === undefined ? '' : `-${flag.short}, `}${long}${flag.value === undefined ? '' : ` ${flag.value}`}\``;
      return [written, flag.doc, flag.setting === undefined ? '' : `\`${flag.setting}\``, where(flag)];
    }),
  );
}

function settingTable(): string {
  return table(
    ['key', 'default', 'what it is', "in a project's file", 'variable'],
    settingKeys.map((key) => {
      const value = jsonValue(key, defaultSettings[key]);
      const { doc } = settingSpecs[key];
      return [`\`${key}\``, `\`${JSON.stringify(value)}\``, doc, projectRuleText(key), `\`${environmentName(key)}\``];
    }),
  );
}

function exitCodeTable(): string {
  return table(
    ['code', 'meaning'],
    exitCodeMeanings.map(([code, meaning]) => [String(code), meaning]),
  );
}
