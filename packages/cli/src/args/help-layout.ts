import type { CommandSpec } from '../commands/command-spec.ts';
import { flagSections, type FlagSpec } from './flag-spec.ts';

/** Two columns: names, and what they mean, folded into the width. */
export function table(
  rows: readonly (readonly [string, string])[],
  width: number,
  column: number = columnOf(rows),
): string {
  return rows
    .map(
      ([name, text]) => `  ${name.padEnd(column - 2)}${wrap(text, Math.max(width - column, 24), column).trimStart()}`,
    )
    .join('\n');
}

/** Where the second column of a {@link table} starts. */
function columnOf(rows: readonly (readonly [string, string])[]): number {
  return Math.max(...rows.map(([name]) => name.length)) + 4;
}

/** Flags under their headings, all with the same second column. */
export function flagTables(flags: readonly FlagSpec[], width: number): string {
  const rows = new Map<string, (readonly [string, string])[]>();
  for (const heading of [undefined, ...flagSections]) {
    const own = flags.filter(({ section }) => section === heading);
    if (own.length > 0) rows.set(heading ?? 'Flags', own.map(flagRow));
  }
  const column = columnOf([...rows.values()].flat());
  return [...rows].map(([heading, each]) => `${heading}:\n${table(each, width, column)}`).join('\n\n');
}

function flagRow(flag: FlagSpec): readonly [string, string] {
  const short = flag.short === undefined ? '    ' : `-${flag.short}, `;
  const name = flag.off === undefined ? flag.name : `no-${flag.name}`;
  return [`${short}--${name}${flag.value === undefined ? '' : ` ${flag.value}`}`, flag.off ?? flag.doc];
}

/** Examples with what they do. */
export function examples(specs: readonly CommandSpec[], most: number = Number.POSITIVE_INFINITY): string {
  return specs
    .flatMap((spec) => spec.examples)
    .slice(0, most)
    .map(([line, what]) => `  ${line}\n      ${what}\n`)
    .join('');
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

/** A text as a sentence: it begins with a capital. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
