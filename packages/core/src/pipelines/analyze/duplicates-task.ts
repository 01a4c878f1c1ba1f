import { isCode, languageOf } from './languages.ts';
import { readSource } from './read-source.ts';

/** Two places that say the same. */
export interface Duplicate {
  readonly a: { readonly path: string; readonly from: number; readonly to: number };
  readonly b: { readonly path: string; readonly from: number; readonly to: number };
  readonly lines: number;
}

/** What a search for duplicates found, longest first. */
export interface Duplicates {
  readonly pairs: readonly Duplicate[];
  /** Lines that stand in a duplicate at least once. */
  readonly duplicatedLines: number;
}

const gram = 30;
const window = 12;
const leastLines = 6;
const mostPlaces = 12;
const mostPairs = 100;

interface Tokens {
  readonly path: string;
  readonly hashes: Int32Array;
  readonly lines: Int32Array;
}

/**
 * Finds near-duplicate code by winnowing (Schleimer, Wilkerson, Aiken, 2003): of the hashes of every 30 tokens the smallest in each window of
 * 12 is kept, so any copy of 41 tokens is found, however it is laid out. Runs on a worker thread.
 */
export function findDuplicates(input: { readonly root: string; readonly paths: readonly string[] }): Duplicates {
  const sources = input.paths.flatMap((path) => {
    const language = languageOf(path);
    if (language === undefined || !isCode(language.name)) return [];
    const text = readSource(input.root, path);
    return text === undefined ? [] : [{ path, text }];
  });
  return duplicatesOf(sources);
}

/** The duplicates among texts. */
export function duplicatesOf(sources: readonly { readonly path: string; readonly text: string }[]): Duplicates {
  const files = sources.map((source) => tokenize(source.path, source.text));
  const places = new Map<number, number[]>();
  for (const [at, file] of files.entries()) {
    for (const position of fingerprints(file.hashes)) {
      const hash = gramHash(file.hashes, position);
      const list = places.get(hash);
      if (list === undefined) places.set(hash, [at, position]);
      else if (list.length < mostPlaces * 2) list.push(at, position);
    }
  }
  const pairs: Duplicate[] = [];
  const covered = new Map<string, Set<number>>();
  for (const list of places.values()) {
    for (let left = 0; left < list.length; left += 2) {
      for (let right = left + 2; right < list.length; right += 2) {
        const pair = extend(files, list[left] as number, list[left + 1] as number, list[right] as number, list[right + 1] as number, covered);
        if (pair !== undefined) pairs.push(pair);
      }
    }
  }
  pairs.sort((x, y) => y.lines - x.lines || compare(x.a.path, y.a.path) || compare(x.b.path, y.b.path) || x.a.from - y.a.from || x.b.from - y.b.from);
  const lines = new Set<string>();
  for (const pair of pairs) {
    for (const side of [pair.a, pair.b]) for (let line = side.from; line <= side.to; line += 1) lines.add(`${side.path}:${line}`);
  }
  return { pairs: pairs.slice(0, mostPairs), duplicatedLines: lines.size };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function tokenize(path: string, text: string): Tokens {
  const hashes: number[] = [];
  const lines: number[] = [];
  let line = 1;
  for (const match of text.matchAll(/\n|\/\/[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\/|[\p{L}_$][\p{L}\p{N}_$]*|\d[\w.]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[^\s\p{L}\p{N}_$]/gu)) {
    const token = match[0];
    if (token === '\n') {
      line += 1;
      continue;
    }
    if (token.startsWith('//') || token.startsWith('#')) continue;
    if (token.startsWith('/*')) {
      line += token.split('\n').length - 1;
      continue;
    }
    hashes.push(hashText(token));
    lines.push(line);
  }
  return { path, hashes: Int32Array.from(hashes), lines: Int32Array.from(lines) };
}

function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash | 0;
}

function gramHash(hashes: Int32Array, start: number): number {
  let hash = 17;
  for (let index = start; index < start + gram; index += 1) hash = (Math.imul(hash, 31) + (hashes[index] as number)) | 0;
  return hash;
}

/** The positions that winnowing keeps. The hash rolls, so the cost does not depend on the length of a gram. */
function fingerprints(hashes: Int32Array): number[] {
  const count = hashes.length - gram + 1;
  if (count <= 0) return [];
  let power = 1;
  for (let index = 1; index < gram; index += 1) power = Math.imul(power, 31);
  const rolled = new Int32Array(count);
  let base = 17;
  let basePower = 1;
  for (let index = 0; index < gram; index += 1) basePower = Math.imul(basePower, 31);
  base = Math.imul(17, basePower);
  let sum = 0;
  for (let index = 0; index < gram; index += 1) sum = (Math.imul(sum, 31) + (hashes[index] as number)) | 0;
  rolled[0] = (base + sum) | 0;
  for (let index = 1; index < count; index += 1) {
    sum = (Math.imul((sum - Math.imul(hashes[index - 1] as number, power)) | 0, 31) + (hashes[index + gram - 1] as number)) | 0;
    rolled[index] = (base + sum) | 0;
  }
  const kept: number[] = [];
  let last = -1;
  for (let start = 0; start <= Math.max(0, count - window); start += 1) {
    let smallest = start;
    for (let index = start; index < Math.min(start + window, count); index += 1) if ((rolled[index] as number) <= (rolled[smallest] as number)) smallest = index;
    if (smallest !== last) kept.push(smallest);
    last = smallest;
  }
  return kept;
}

function extend(files: readonly Tokens[], a: number, atA: number, b: number, atB: number, covered: Map<string, Set<number>>): Duplicate | undefined {
  const left = files[a] as Tokens;
  const right = files[b] as Tokens;
  if (a === b && Math.abs(atA - atB) < gram) return undefined;
  // One diagonal of two files is one copy: what an earlier fingerprint has covered is not told again.
  const diagonal = `${a}:${b}:${atA - atB}`;
  const done = covered.get(diagonal) ?? new Set<number>();
  if (done.has(atA)) return undefined;
  let startA = atA;
  let startB = atB;
  while (startA > 0 && startB > 0 && left.hashes[startA - 1] === right.hashes[startB - 1]) {
    startA -= 1;
    startB -= 1;
  }
  let length = 0;
  while (startA + length < left.hashes.length && startB + length < right.hashes.length && left.hashes[startA + length] === right.hashes[startB + length]) length += 1;
  for (let index = 0; index < length; index += 1) done.add(startA + index);
  covered.set(diagonal, done);
  if (length < gram) return undefined;
  if (a === b && startA + length > startB && startB + length > startA) return undefined;
  const from = (file: Tokens, start: number): { path: string; from: number; to: number } => ({
    path: file.path,
    from: file.lines[start] as number,
    to: file.lines[start + length - 1] as number,
  });
  const first = from(left, startA);
  const second = from(right, startB);
  const lines = Math.min(first.to - first.from, second.to - second.from) + 1;
  return lines < leastLines ? undefined : { a: first, b: second, lines };
}
