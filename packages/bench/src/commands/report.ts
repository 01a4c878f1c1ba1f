import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { renderReport } from '../report/page.ts';
import { replaceSummary } from '../report/summary.ts';
import { readResults } from '../results-file.ts';
import { fromCaller, resultsFile, rootDir } from './paths.ts';

/** Writes the page and its charts from a results file, and the summary into the root's README when the page goes to the docs folder. */
export function report(file: string, flags: { readonly out?: string }): void {
  const results = readResults(resultsFile(file));
  const out = flags.out === undefined ? join(rootDir, 'docs') : fromCaller(flags.out);
  const parts = renderReport(results);
  for (const part of parts) write(join(out, part.path), part.content);
  removeStale(join(out, 'benchmarks'), new Set(parts.map((part) => join(out, part.path))));
  if (flags.out !== undefined) return;
  const readme = join(rootDir, 'README.md');
  const text = replaceSummary(readFileSync(readme, 'utf8'), results);
  if (text !== undefined) write(readme, text);
}

/** Charts of an earlier report that this one does not have would stay beside the page for ever. */
function removeStale(folder: string, kept: ReadonlySet<string>): void {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (name.endsWith('.svg') && !kept.has(path)) rmSync(path);
  }
}

function write(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  process.stdout.write(`${path}\n`);
}
