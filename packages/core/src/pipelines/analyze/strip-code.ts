import type { Language } from './languages.ts';

/** A source text without its comments, and without what stands in its strings. */
export interface StrippedCode {
  /** The code, line by line; comments and the insides of strings are gone, the lines are all there. */
  readonly code: string;
  /** The comments alone, line by line. */
  readonly comments: string;
}

const newline = 10;
const starts = new WeakMap<Language, Uint8Array>();

/** The characters at which a comment, a string or a line may begin: all others are passed over without a look. */
function startsOf(language: Language): Uint8Array {
  const known = starts.get(language);
  if (known !== undefined) return known;
  const found = new Uint8Array(128);
  found[newline] = 1;
  for (const marker of [...language.line, ...language.quotes, ...language.block.map(([open]) => open)])
    found[marker.charCodeAt(0)] = 1;
  starts.set(language, found);
  return found;
}

/** Takes comments and strings out of a source text in one pass; good enough for counting and for import statements, with no parser per language. */
export function stripCode(text: string, language: Language, keepStrings = false): StrippedCode {
  const marked = startsOf(language);
  let code = '';
  let comments = '';
  let index = 0;
  let plain = 0;
  while (index < text.length) {
    const character = text.charCodeAt(index);
    if (character > 127 || marked[character] === 0) {
      index += 1;
      continue;
    }
    if (character === newline) {
      index += 1;
      comments += '\n';
      continue;
    }
    const stop = endOfComment(text, index, language);
    if (stop !== undefined) {
      const inside = text.slice(index, stop);
      code += text.slice(plain, index) + linesOf(inside);
      comments += inside;
      index = stop;
      plain = stop;
      continue;
    }
    const quote = language.quotes.find((candidate) => text.startsWith(candidate, index));
    if (quote === undefined) {
      index += 1;
      continue;
    }
    const end = endOfString(text, index, quote);
    const lines = linesOf(text.slice(index, end));
    code += text.slice(plain, index) + (keepStrings ? text.slice(index, end) : quote + lines + quote);
    comments += lines;
    index = end;
    plain = end;
  }
  return { code: code + text.slice(plain), comments };
}

function linesOf(text: string): string {
  return text.includes('\n') ? '\n'.repeat(text.split('\n').length - 1) : '';
}

function endOfComment(text: string, start: number, language: Language): number | undefined {
  for (const [open, close] of language.block) {
    if (!text.startsWith(open, start)) continue;
    const end = text.indexOf(close, start + open.length);
    return end === -1 ? text.length : end + close.length;
  }
  if (!language.line.some((marker) => text.startsWith(marker, start))) return undefined;
  const end = text.indexOf('\n', start);
  return end === -1 ? text.length : end;
}

function endOfString(text: string, start: number, quote: string): number {
  const close = quote.charCodeAt(0);
  for (let index = start + 1; index < text.length; index += 1) {
    const character = text.charCodeAt(index);
    if (character === 92) index += 1;
    else if (character === close) return index + 1;
    // An unclosed quote (an apostrophe in a comment of an unknown kind) must not swallow the rest of the file.
    else if (character === newline && quote !== '`') return index;
  }
  return text.length;
}
