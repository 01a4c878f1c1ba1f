import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { z } from 'zod';

import { BenchError } from './errors.ts';
import { resultsSchema, type Results } from './results.ts';

const number = z.number();
const summary = z.object({
  n: number.int().min(1),
  median: number,
  min: number,
  p90: number,
  max: number,
  low: number,
  high: number,
});
const row = z.object({
  id: z.string(),
  label: z.string(),
  subject: z.string(),
  unit: z.enum(['ns', 'µs', 'ms', 'B', 'MB', 'count']),
  summary,
});
const scenario = z.object({
  id: z.string(),
  title: z.string(),
  question: z.string(),
  command: z.string(),
  rows: z.array(row),
  ratios: z.array(z.object({ id: z.string(), ratio: z.object({ value: number, low: number, high: number }) })),
  notes: z.array(z.string()),
  absent: z.array(z.object({ subject: z.string(), reason: z.string() })),
});
const file = z.object({
  profile: z.enum(['full', 'short', 'smoke']),
  environment: z.object({
    date: z.string(),
    cpu: z.string(),
    cores: number,
    node: z.string(),
    commit: z.string(),
    versions: z.record(z.string(), z.string()),
  }),
  scenarios: z.array(scenario),
});

/** Writes a results file whole or not at all. */
export function writeResults(path: string, results: Results): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, `${JSON.stringify(results, null, 1)}\n`);
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Reads a results file; a file of another kind or of another version is a clear error. */
export function readResults(path: string): Results {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new BenchError(
      code === 'ENOENT'
        ? `Expected a results file at ${path}, there is none`
        : `Expected a results file at ${path}, could not read it: ${message}`,
    );
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new BenchError(`Expected JSON in ${path}, as \`orc-bench run\` writes it`);
  }
  const schema = (parsed as { schema?: unknown } | null)?.schema;
  if (typeof schema === 'string' && schema !== resultsSchema && schema.startsWith('orc.bench/'))
    throw new BenchError(
      `Expected a results file of version \`${resultsSchema}\`, got \`${schema}\` in ${path}: read it with the orc-bench that wrote it, or run the benchmark again`,
    );
  if (schema !== resultsSchema)
    throw new BenchError(`Expected \`"schema": "${resultsSchema}"\` in ${path}, got \`${JSON.stringify(schema)}\``);
  const checked = file.safeParse(parsed);
  if (!checked.success) {
    const issue = checked.error.issues[0];
    throw new BenchError(`Expected a whole results file at ${path}: \`${issue?.path.join('.')}\`: ${issue?.message}`);
  }
  return parsed as Results;
}
