import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import type { Environment } from './environment.ts';
import { BenchError } from './errors.ts';
import type { Ratio, Summary } from './statistics.ts';

/** The unit of a figure. */
export type Unit = 'ns' | 'µs' | 'ms' | 'B' | 'MB' | 'count';

/** One measured figure of a scenario. */
export interface Row {
  /** A name that stays the same from run to run: what `compare` joins by. */
  readonly id: string;
  /** What was measured, for people. */
  readonly label: string;
  /** Whose figure it is: `orc`, or a peer's package name. */
  readonly subject: string;
  readonly unit: Unit;
  readonly summary: Summary;
  /** What the original's performance page says. */
  readonly documented?: string | undefined;
  /** What no program can beat here, and why. */
  readonly limit?: string | undefined;
  /** The group of bars that it belongs to in the chart. */
  readonly chart?: string | undefined;
}

/** A figure of which only the ratio travels between machines. */
export interface RatioRow {
  readonly id: string;
  readonly label: string;
  readonly ratio: Ratio;
}

/** What a scenario came to. */
export interface ScenarioResult {
  readonly id: string;
  readonly title: string;
  /** What it asks, in one sentence. */
  readonly question: string;
  /** The command that reproduces it. */
  readonly command: string;
  readonly rows: readonly Row[];
  readonly ratios: readonly RatioRow[];
  /** What a reader must know to read the figures rightly. */
  readonly notes: readonly string[];
  /** Peers that could not be run, with the reason. */
  readonly absent: readonly { readonly subject: string; readonly reason: string }[];
}

/** A results file. */
export interface Results {
  readonly schema: 'orc.bench/1';
  readonly profile: 'full' | 'short';
  readonly environment: Environment;
  readonly scenarios: readonly ScenarioResult[];
}

/** Writes a results file. */
export function writeResults(path: string, results: Results): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(results, null, 1)}\n`);
}

/** Reads a results file; a file of another kind is a clear error. */
export function readResults(path: string): Results {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new BenchError(`Expected a results file at ${path}, could not read it: ${(error as Error).message}`);
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new BenchError(`Expected JSON in ${path}, as \`orc-bench run\` writes it`);
  }
  const schema = (parsed as { schema?: unknown } | null)?.schema;
  if (schema !== 'orc.bench/1')
    throw new BenchError(`Expected \`schema: "orc.bench/1"\` in ${path}, got \`${JSON.stringify(schema)}\``);
  return parsed as Results;
}
