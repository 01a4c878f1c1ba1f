import { isCode, languageOf } from './languages.ts';
import { SourceReader, type ChangedFiles, type SourceFiles } from './source-reader.ts';
import { tokenize, type Tokens } from './tokens.ts';
import { fingerprintsOf, gram } from './winnowing.ts';

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

const leastLines = 6;
const mostPlaces = 12;
const mostPairs = 100;

/**
 * Finds near-duplicate code by winnowing (Schleimer, Wilkerson, Aiken, 2003): of the hashes of every 30 tokens the smallest in each window of
 * 12 is kept, so any copy of 41 tokens is found, however it is laid out. Runs on a worker thread.
 */
export function findDuplicates(input: SourceFiles): Duplicates & ChangedFiles {
  const reader = new SourceReader(input);
  const files: Tokens[] = [];
  for (const { path } of input.files) {
    if (!isCode(languageOf(path)?.name)) continue;
    const text = reader.read(path);
    if (text !== undefined) files.push(tokenize(path, text));
  }
  return { ...duplicatesAmong(files), changed: reader.changed };
}

/** The duplicates among texts. */
export function duplicatesOf(sources: readonly { readonly path: string; readonly text: string }[]): Duplicates {
  return duplicatesAmong(sources.map(({ path, text }) => tokenize(path, text)));
}

function duplicatesAmong(files: readonly Tokens[]): Duplicates {
  const pairs: Duplicate[] = [];
  const lines = new Map<Tokens, Set<number>>();
  const covered: Covered = new Map();
  for (const list of placesOf(files)) {
    for (let left = 0; left < list.length; left += 2) {
      for (let right = left + 2; right < list.length; right += 2) {
        const found = extend(
          files,
          [list[left] as number, list[left + 1] as number],
          [list[right] as number, list[right + 1] as number],
          covered,
        );
        if (found === undefined) continue;
        pairs.push(found.pair);
        for (const copy of found.copies) mark(lines, copy);
      }
    }
  }
  pairs.sort(
    (x, y) =>
      y.lines - x.lines ||
      compare(x.a.path, y.a.path) ||
      compare(x.b.path, y.b.path) ||
      x.a.from - y.a.from ||
      x.b.from - y.b.from,
  );
  const duplicatedLines = [...lines.values()].reduce((sum, set) => sum + set.size, 0);
  return { pairs: pairs.slice(0, mostPairs), duplicatedLines };
}

/** The places, as pairs of file and token, of each fingerprint that stands in more than one. */
function* placesOf(files: readonly Tokens[]): Generator<readonly number[]> {
  const first = new Map<number, number>();
  const more = new Map<number, number[]>();
  // A place as one number: most fingerprints stand once, and must not cost an array each.
  const scale = 2 ** 22;
  for (const [at, file] of files.entries()) {
    const found = fingerprintsOf(file.hashes);
    for (let index = 0; index < found.length; index += 2) {
      const hash = found[index] as number;
      const position = found[index + 1] as number;
      const before = first.get(hash);
      if (before === undefined) {
        first.set(hash, at * scale + position);
        continue;
      }
      const list = more.get(hash);
      if (list === undefined) more.set(hash, [Math.floor(before / scale), before % scale, at, position]);
      else if (list.length < mostPlaces * 2) list.push(at, position);
    }
  }
  yield* more.values();
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

interface Copy {
  readonly file: Tokens;
  /** Its tokens, the end left out. */
  readonly start: number;
  readonly end: number;
}

interface FoundPair {
  readonly pair: Duplicate;
  readonly copies: readonly [Copy, Copy];
}

// By tokens, so that comments and empty lines inside a copy don't count as code.
function mark(lines: Map<Tokens, Set<number>>, { file, start, end }: Copy): void {
  const set = lines.get(file) ?? new Set<number>();
  for (let at = start; at < end; at += 1) set.add(file.lines[at] as number);
  lines.set(file, set);
}

/** One diagonal of two files is one copy: the ranges of the first file's tokens that earlier fingerprints have covered, by diagonal. */
type Covered = Map<string, [start: number, end: number][]>;

type Place = readonly [file: number, token: number];

function extend(files: readonly Tokens[], [a, atA]: Place, [b, atB]: Place, covered: Covered): FoundPair | undefined {
  const left = files[a] as Tokens;
  const right = files[b] as Tokens;
  if (a === b && Math.abs(atA - atB) < gram) return undefined;
  const diagonal = `${a}:${b}:${atA - atB}`;
  const done = covered.get(diagonal) ?? [];
  if (done.some(([start, end]) => start <= atA && atA < end)) return undefined;
  let start = atA;
  const offset = atB - atA;
  while (start > 0 && start + offset > 0 && left.hashes[start - 1] === right.hashes[start + offset - 1]) start -= 1;
  let end = atA;
  while (
    end < left.hashes.length &&
    end + offset < right.hashes.length &&
    left.hashes[end] === right.hashes[end + offset]
  )
    end += 1;
  done.push([start, end]);
  covered.set(diagonal, done);
  if (end - start < gram) return undefined;
  // A text that repeats itself without a gap is no copy of another place.
  if (a === b && Math.abs(offset) < end - start) return undefined;
  const copies = [
    { file: left, start, end },
    { file: right, start: start + offset, end: end + offset },
  ] as const;
  const first = sideOf(copies[0]);
  const second = sideOf(copies[1]);
  const lines = Math.min(first.to - first.from, second.to - second.from) + 1;
  return lines < leastLines ? undefined : { pair: { a: first, b: second, lines }, copies };
}

function sideOf({ file, start, end }: Copy): Duplicate['a'] {
  return { path: file.path, from: file.lines[start] as number, to: file.lines[end - 1] as number };
}
