import { LineCounter, isMap, isNode, isSeq, parseDocument, type Document, type Node } from 'yaml';
import type { z } from 'zod';

import { isOrcError } from '../../errors.ts';
import type { Pipeline } from '../../pipeline/define-pipeline.ts';
import { checkDocument } from './check-document.ts';
import { compileDocument } from './compile-document.ts';
import { documentSchema } from './document-schema.ts';
import { mostYamlBytes } from './file-size.ts';
import { positionOf } from './position.ts';
import { PipelineFileError, type FileProblem } from './problem.ts';

/** Makes a pipeline from the text of a YAML file. Throws {@link PipelineFileError} with every problem's line and column. */
export function pipelineFromYaml(text: string, file = 'pipeline.yaml'): Pipeline {
  if (text.length > mostYamlBytes) {
    const message = `Expected at most ${mostYamlBytes} characters, got ${text.length}.`;
    throw new PipelineFileError([{ file, line: 1, column: 1, message }]);
  }
  const lines = new LineCounter();
  const document = documentOf(text, lines, file);
  const at = (path: readonly PropertyKey[], message: string, hint?: string, key = false): FileProblem => {
    const { line, column } = positionOf(document, lines, path as (string | number)[], key);
    return { file, line, column, message: oneLine(message), ...(hint === undefined ? {} : { hint }) };
  };
  if (document.errors.length > 0) {
    throw new PipelineFileError(
      document.errors.slice(0, mostProblems).map((error) => {
        const { line, col } = lines.linePos(error.pos[0]);
        return {
          file,
          line,
          column: col,
          message: isTooDeep(error)
            ? tooDeep
            : (error.message.split('\n', 1)[0]?.replace(/ at line \d+, column \d+:?$/, '.') ?? 'Expected valid YAML.'),
        };
      }),
    );
  }
  const deep = deepNode(document.contents);
  if (deep !== undefined) {
    const { line, col } = lines.linePos(deep.range?.[0] ?? 0);
    throw new PipelineFileError([{ file, line, column: col, message: tooDeep }]);
  }
  const parsed = documentSchema.safeParse(withKinds(valueOf(document, at)));
  if (!parsed.success)
    throw new PipelineFileError(inOrder(parsed.error.issues.flatMap((issue) => problemsOf(issue, at))));
  const problems = checkDocument(parsed.data).map((problem) => at(problem.path, problem.message, problem.hint));
  if (problems.length > 0) throw new PipelineFileError(inOrder(problems));
  try {
    return compileDocument(parsed.data, text);
  } catch (error) {
    if (!isOrcError(error)) throw error;
    const index = parsed.data.phases.findIndex(
      (phase) => phase.id === error.phase || error.message.includes(`\`${phase.id}.`),
    );
    throw new PipelineFileError([at(index === -1 ? ['phases'] : ['phases', index], error.message, error.hint)]);
  }
}

// One slip can make an error of every line behind it.
const mostProblems = 20;
const deepest = 64;
const tooDeep = `Expected at most ${deepest} maps and lists inside each other, got more.`;

// The parser goes down by recursion, and says no more of it than what the engine says.
const isTooDeep = (error: unknown): boolean =>
  error instanceof Error && error.message.includes('Maximum call stack size exceeded');

/** The document, with its errors. Its warnings are nobody's: a library writes nothing to the process. */
function documentOf(text: string, lines: LineCounter, file: string): Document.Parsed {
  try {
    return parseDocument(text, { lineCounter: lines, uniqueKeys: true, logLevel: 'error', prettyErrors: false });
  } catch (error) {
    if (!isTooDeep(error)) throw error;
    throw new PipelineFileError([{ file, line: 1, column: 1, message: tooDeep }]);
  }
}

/** The first node that stands too deep. */
function deepNode(root: unknown): Node | undefined {
  let level: unknown[] = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > deepest) return level.find((node) => isNode(node));
    level = level.flatMap((node) => (isSeq(node) ? node.items : isMap(node) ? node.items.flatMap(partsOf) : []));
  }
  return undefined;
}

const partsOf = (pair: { readonly key: unknown; readonly value: unknown }): unknown[] => [pair.key, pair.value];

/** The plain value. An alias without an anchor, or one that would grow without bound, shows only here. */
function valueOf(document: Document, at: At): unknown {
  try {
    return document.toJS() as unknown;
  } catch (error) {
    throw new PipelineFileError([at([], `Expected aliases that can be followed: ${(error as Error).message}`)]);
  }
}

type At = (path: readonly PropertyKey[], message: string, hint?: string, key?: boolean) => FileProblem;

function problemsOf(issue: z.core.$ZodIssue, at: At): FileProblem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) =>
      at([...issue.path, key], `Unknown key \`${short(key)}\`.`, 'Remove it, or correct its spelling.', true),
    );
  }
  if (issue.code === 'invalid_union' && issue.path.at(-1) === 'kind') {
    return [at(issue.path, `\`${short(issue.path.map(String).join('.'))}\`: Expected one of llm, template, read.`)];
  }
  const where = issue.path.length === 0 ? 'the file' : `\`${short(issue.path.map(String).join('.'))}\``;
  const [, expected, got] = /^Invalid input: expected (\w+), received (\w+)$/.exec(issue.message) ?? [];
  if (expected !== undefined && got !== undefined)
    return [at(issue.path, `Expected ${where} to be ${typeName(expected)}, got ${typeName(got)}.`)];
  return [at(issue.path, `${where[0]?.toUpperCase() ?? ''}${where.slice(1)}: ${issue.message}.`)];
}

// A problem is a line of its own, whatever a key of the file holds: a map that is a key is written out over many.
const oneLine = (text: string): string => text.replaceAll(/[\p{Cc}\u2028\u2029]+ */gu, ' ');

const longestName = 80;

const short = (name: string): string => (name.length > longestName ? `${name.slice(0, longestName - 1)}…` : name);

/** A type as a person who writes YAML calls it. */
function typeName(type: string): string {
  const names: Readonly<Record<string, string>> = {
    undefined: 'nothing',
    null: 'nothing',
    string: 'a text',
    object: 'a map',
    record: 'a map',
    array: 'a list',
    int: 'a whole number',
  };
  return names[type] ?? `a ${type}`;
}

function inOrder(problems: readonly FileProblem[]): FileProblem[] {
  return problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
}

/** `kind: llm` is what a phase is without a kind. */
function withKinds(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('phases' in value) || !Array.isArray(value.phases)) return value;
  const phases = value.phases.map((phase: unknown) =>
    typeof phase === 'object' && phase !== null && !('kind' in phase) ? { kind: 'llm', ...phase } : phase,
  );
  return { ...value, phases };
}
