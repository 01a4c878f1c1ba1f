import type { JsonSchema } from '../model-client.ts';
import { schemaCheck } from '../schema-check.ts';
import { forms, type Coerced } from './coerce.ts';
import { jsonCandidates } from './json-candidates.ts';

/** The value of a structured reply, or what is wrong with it. */
export type ReadReply =
  | { readonly problem: undefined; readonly value: unknown; readonly changes: readonly string[] }
  | { readonly problem: string };

// What is longer is no slip of a pen, and mending it would take long.
const longestToMend = 1024 * 1024;

/**
 * Reads the value of a structured reply: the first place of the text whose JSON satisfies the schema, as it is; else the
 * first one that does so when slips of JSON are mended (quotes, commas, comments, Python's words), else when the value is
 * taken out of its dress. Nothing of a value that satisfies the schema is ever altered, and what was cut is not completed.
 */
export async function readJsonReply(text: string, schema: JsonSchema): Promise<ReadReply> {
  const check = await schemaCheck(schema);
  const candidates = jsonCandidates(text);
  const exact = candidates.flatMap((candidate) => strictly(candidate));
  for (const value of exact) if (check(value) === undefined) return { problem: undefined, value, changes: [] };
  const mended = exact.length > 0 ? [] : await leniently(candidates);
  const slips = exact.length > 0 ? [] : ['slips of JSON'];
  const values = exact.length > 0 ? exact : mended;
  for (const value of values) {
    const fitting = forms(value, schema).find((form) => check(form.value) === undefined);
    if (fitting !== undefined) return { problem: undefined, value: fitting.value, changes: changesOf(slips, fitting) };
  }
  const [first] = values;
  return { problem: first === undefined ? notJson(candidates[0] ?? '') : (check(first) ?? 'it is not JSON') };
}

function changesOf(slips: readonly string[], { changes }: Coerced): readonly string[] {
  return [...slips, ...changes];
}

function strictly(candidate: string): readonly unknown[] {
  try {
    return [JSON.parse(candidate) as unknown];
  } catch {
    return [];
  }
}

async function leniently(candidates: readonly string[]): Promise<readonly unknown[]> {
  // Only what is whole: the library would close what was cut.
  const whole = candidates.filter(
    (candidate) =>
      candidate.length <= longestToMend &&
      ((candidate.startsWith('{') && candidate.endsWith('}')) ||
        (candidate.startsWith('[') && candidate.endsWith(']'))),
  );
  if (whole.length === 0) return [];
  const { jsonrepair } = await import('jsonrepair');
  return whole.flatMap((candidate) => {
    try {
      return strictly(jsonrepair(candidate));
    } catch {
      return [];
    }
  });
}

function notJson(candidate: string): string {
  try {
    JSON.parse(candidate);
    return 'it is not JSON';
  } catch (error) {
    return `it is not JSON (${(error as Error).message})`;
  }
}
