import { languageOf } from './languages.ts';
import { redactSecretsOf } from './secret-rules.ts';
import { SourceReader, type ChangedFiles, type SourceFiles } from './source-reader.ts';
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

const mark = /\b(?:TO-?DO|FIX-?ME|HACK|X{3})\b/;

/** The measures of a batch of files. */
export interface MetricsBatch extends ChangedFiles {
  readonly files: readonly FileMetrics[];
}

/** Measures a batch of files; runs on a worker thread. */
export function measureFiles(input: SourceFiles): MetricsBatch {
  const reader = new SourceReader(input);
  const files = input.files.flatMap(({ path }) => {
    const text = reader.read(path);
    const language = languageOf(path);
    return text === undefined || language === undefined ? [] : [measureFile(path, text)];
  });
  return { files, changed: reader.changed };
}

/** Measures one text. */
export function measureFile(path: string, text: string): FileMetrics {
  const language = languageOf(path);
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  if (language === undefined)
    return {
      path,
      lines: lines.length,
      code: lines.length,
      comments: 0,
      decisions: 0,
      depth: 0,
      longest: 0,
      marks: [],
    };
  const { code, comments } = stripCode(text, language);
  const codeLines = code.split('\n');
  const commentLines = comments.split('\n');
  const marks = commentLines.flatMap((line, index) => {
    const found = mark.exec(line);
    return found === null
      ? []
      : [{ line: index + 1, text: redactSecretsOf(line.slice(found.index).trim()).slice(0, 120) }];
  });
  return {
    path,
    lines: lines.length,
    code: codeLines.filter((line) => line.trim() !== '').length,
    comments: commentLines.filter((line) => line.trim() !== '').length,
    decisions: code.match(language.decisions)?.length ?? 0,
    depth: deepest(codeLines),
    longest: lines.reduce((longest, line) => Math.max(longest, line.length), 0),
    marks: marks.slice(0, 20),
  };
}

function deepest(lines: readonly string[]): number {
  let step = 8;
  let most = 0;
  for (const line of lines) {
    if (line.trim() === '') continue;
    const width = (/^[\t ]*/.exec(line) as RegExpExecArray)[0].replaceAll('\t', '    ').length;
    if (width > 1) step = Math.min(step, width);
    most = Math.max(most, width);
  }
  return Math.round(most / step);
}
