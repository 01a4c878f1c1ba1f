import { cleanText } from '../output/clean.ts';

/** Markup that may stand in a page as it is. Only {@link markup} and {@link rawHtml} make it. */
export class Html {
  readonly #text: string;

  /** Takes the markup. */
  constructor(text: string) {
    this.#text = text;
  }

  /** The markup. */
  toString(): string {
    return this.#text;
  }
}

/** What may stand in a template: markup, several pieces in a row, or anything else as text. */
export type HtmlPart = Html | string | number | boolean | undefined | readonly HtmlPart[];

/** A template for HTML and SVG: whatever is put into it is text, for an element or a quoted attribute, unless it is {@link Html}. */
export function markup(strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  return new Html(strings.map((text, index) => text + (index < parts.length ? written(parts[index]) : '')).join(''));
}

/** Markup that is not made by {@link markup}: the style of the page. */
export function rawHtml(text: string): Html {
  return new Html(text);
}

function written(part: HtmlPart): string {
  if (part instanceof Html) return part.toString();
  if (Array.isArray(part)) return part.map(written).join('');
  return part === undefined ? '' : escapeHtml(String(part));
}

function escapeHtml(text: string): string {
  return cleanText(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
