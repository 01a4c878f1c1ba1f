import { cleanLine } from '../output/clean.ts';

/** Markdown that may stand in a page as it is. Only {@link markdown} and {@link codeSpan} make it. */
export class Markdown {
  readonly #text: string;

  /** Takes the Markdown. */
  constructor(text: string) {
    this.#text = text;
  }

  /** The Markdown. */
  toString(): string {
    return this.#text;
  }
}

/** A template for one line of Markdown: whatever is put into it is text on that line, unless it is {@link Markdown}. */
export function markdown(strings: TemplateStringsArray, ...parts: readonly (Markdown | string | number)[]): Markdown {
  return new Markdown(
    strings
      .map((text, index) => {
        const part = parts[index];
        return (
          text + (part === undefined ? '' : part instanceof Markdown ? part.toString() : escapeMarkdown(String(part)))
        );
      })
      .join(''),
  );
}

/** Code inside a line that is not a table's: its fence is longer than any in it. */
export function codeSpan(text: string): Markdown {
  const line = cleanLine(text);
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const space = longest > 0 || line === '' ? ' ' : '';
  return new Markdown(`${fence}${space}${line}${space}${fence}`);
}

/** Several pieces in a row. */
export function joined(parts: readonly Markdown[], between: string): Markdown {
  return new Markdown(parts.map(String).join(between));
}

/** What has a meaning inside a line of Markdown, in a table or as HTML. */
function escapeMarkdown(text: string): string {
  return cleanLine(text).replaceAll(/[\\`*_[\]<>|~#&]/g, '\\$&');
}
