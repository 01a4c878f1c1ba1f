import { languageOf } from './languages.ts';
import { readSource } from './read-source.ts';
import { stripCode } from './strip-code.ts';

/** The measures of one file. */
export interface FileMetrics {
  readonly path: string;
  readonly lines: number;
  /** Lines with code. */
  readonly code: number;
  /** Lines with a comment. */
  readonly comments: number;
  /** Decision points plus one per function is McCabe's number; here the decision points of the whole file. */
  readonly decisions: number;
  /** The deepest indentation, in steps of the file's own width. */
  readonly depth: number;
  /** The longest line. */
  readonly longest: number;
  /** Marks of unfinished work in comments, with their lines. */
  readonly marks: readonly { readonly line: number; readonly text: string }[];
}

const mark = /\b(?:TO-?DO|FIX-?ME|HACK|XXX)\b[:\s(]?.*/;

/** Measures a batch of files; runs on a worker thread. */
export function measureFiles(input: { readonly root: string; readonly paths: readonly string[] }): FileMetrics[] {
  return input.paths.flatMap((path) => {
    const text = readSource(input.root, path);
    const language = languageOf(path);
    return text === undefined || language === undefined ? [] : [measureFile(path, text)];
  });
}

/** Measures one text. */
export function measureFile(path: string, text: string): FileMetrics {
  const language = languageOf(path);
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  if (language === undefined) return { path, lines: lines.length, code: lines.length, comments: 0, decisions: 0, depth: 0, longest: 0, marks: [] };
  const { code, comments } = stripCode(text, language);
  const marks = comments.split('\n').flatMap((line, index) => {
    const found = mark.exec(line);
    return found === null ? [] : [{ line: index + 1, text: found[0].trim().slice(0, 120) }];
  });
  return {
    path,
    lines: lines.length,
    code: code.split('\n').filter((line) => line.trim() !== '').length,
    comments: comments.split('\n').filter((line) => line.trim() !== '').length,
    decisions: code.match(language.decisions)?.length ?? 0,
    depth: deepest(code.split('\n')),
    longest: Math.max(0, ...lines.map((line) => line.length)),
    marks: marks.slice(0, 20),
  };
}

function deepest(lines: readonly string[]): number {
  const widths = lines.filter((line) => line.trim() !== '').map((line) => (/^[\t ]*/.exec(line) as RegExpExecArray)[0].replaceAll('\t', '    ').length);
  const step = Math.min(...widths.filter((width) => width > 1), 8);
  return widths.length === 0 ? 0 : Math.round(Math.max(...widths) / step);
}
