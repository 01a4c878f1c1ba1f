import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { renderReport } from '../report/page.ts';
import { replaceSummary } from '../report/summary.ts';
import { readResults } from '../results-file.ts';
import { fromCaller, rootDir } from './paths.ts';

/** Writes the page and its charts from a results file, and the summary into the root's README when the page goes to the docs folder. */
export function report(file: string, flags: { readonly out?: string }): void {
  const results = readResults(fromCaller(file));
  const out = flags.out === undefined ? join(rootDir, 'docs') : fromCaller(flags.out);
  for (const part of renderReport(results)) write(join(out, part.path), part.content);
  if (flags.out !== undefined) return;
  const readme = join(rootDir, 'README.md');
  const text = replaceSummary(readFileSync(readme, 'utf8'), results);
  if (text !== undefined) write(readme, text);
}

function write(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  process.stdout.write(`${path}\n`);
}
