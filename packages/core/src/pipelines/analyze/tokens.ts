import { languageOf } from './languages.ts';
import { stripCode } from './strip-code.ts';

/** A source text as hashes of its tokens, comments left out, each with its line. */
export interface Tokens {
  readonly path: string;
  readonly hashes: Int32Array;
  readonly lines: Int32Array;
}

const space = 1;
const word = 2;
const quote = 3;
const kinds: Uint8Array = kindsOfCharacters();

function kindsOfCharacters(): Uint8Array {
  const found = new Uint8Array(128);
  for (let code = 0; code <= 32; code += 1) found[code] = space;
  for (const character of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$')
    found[character.charCodeAt(0)] = word;
  for (const character of '"\'`') found[character.charCodeAt(0)] = quote;
  return found;
}

// Letters of any other script are part of a word, too.
const kindOf = (code: number): number => (code > 127 ? word : (kinds[code] as number));

/** Cuts a source text into tokens: words and numbers, strings, and every other character by itself. */
export function tokenize(path: string, text: string): Tokens {
  const language = languageOf(path);
  const code = language === undefined ? text : stripCode(text, language, true).code;
  const hashes: number[] = [];
  const lines: number[] = [];
  let line = 1;
  let index = 0;
  while (index < code.length) {
    const first = code.charCodeAt(index);
    const kind = kindOf(first);
    if (kind === space) {
      if (first === 10) line += 1;
      index += 1;
      continue;
    }
    const start = index;
    const startLine = line;
    index += 1;
    if (kind === word) {
      while (index < code.length && kindOf(code.charCodeAt(index)) === word) index += 1;
    } else if (kind === quote) {
      while (index < code.length) {
        const next = code.charCodeAt(index);
        if (next === 10 && first !== 96) break;
        if (next === 10) line += 1;
        index += next === 92 ? 2 : 1;
        if (next === first) break;
      }
    }
    hashes.push(hashOf(code, start, Math.min(index, code.length)));
    lines.push(startLine);
  }
  return { path, hashes: Int32Array.from(hashes), lines: Int32Array.from(lines) };
}

// FNV-1a.
function hashOf(text: string, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let index = start; index < end; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash | 0;
}
