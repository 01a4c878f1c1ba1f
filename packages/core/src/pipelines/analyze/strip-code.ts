import type { Language } from './languages.ts';

/** A source text without its comments, and without what stands in its strings. */
export interface StrippedCode {
  /** The code, line by line; comments and the insides of strings are gone, the lines are all there. */
  readonly code: string;
  /** The comments alone, line by line. */
  readonly comments: string;
}

/** Takes comments and strings out of a source text in one pass; good enough for counting and for import statements, with no parser per language. */
export function stripCode(text: string, language: Language, keepStrings = false): StrippedCode {
  const code: string[] = [];
  const comments: string[] = [];
  let index = 0;
  const starts = (marker: string): boolean => text.startsWith(marker, index);
  while (index < text.length) {
    const block = language.block.find(([open]) => starts(open));
    if (block !== undefined) {
      const end = text.indexOf(block[1], index + block[0].length);
      const stop = end === -1 ? text.length : end + block[1].length;
      const inside = text.slice(index, stop);
      comments.push(inside);
      code.push(inside.replace(/[^\n]/g, ''));
      index = stop;
      continue;
    }
    if (language.line.some(starts)) {
      const end = text.indexOf('\n', index);
      const stop = end === -1 ? text.length : end;
      comments.push(text.slice(index, stop));
      index = stop;
      continue;
    }
    const quote = language.quotes.find(starts);
    if (quote !== undefined) {
      const stop = endOfString(text, index, quote);
      const inside = text.slice(index, stop);
      code.push(keepStrings ? inside : quote + inside.replace(/[^\n]/g, '') + quote);
      comments.push(inside.replace(/[^\n]/g, ''));
      index = stop;
      continue;
    }
    const character = text[index] as string;
    code.push(character);
    if (character === '\n') comments.push('\n');
    index += 1;
  }
  return { code: code.join(''), comments: comments.join('') };
}

function endOfString(text: string, start: number, quote: string): number {
  for (let index = start + quote.length; index < text.length; index += 1) {
    const character = text[index];
    if (character === '\\') index += 1;
    else if (text.startsWith(quote, index)) return index + quote.length;
    // An unclosed quote (an apostrophe in a comment of an unknown kind) must not swallow the rest of the file.
    else if (character === '\n' && quote !== '`') return index;
  }
  return text.length;
}
