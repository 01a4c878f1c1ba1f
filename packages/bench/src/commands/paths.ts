import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { BenchError } from '../errors.ts';
import type { Results } from '../results.ts';

/** The folder of this package. */
const packageDir: string = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The folder of the repository. */
export const rootDir: string = dirname(dirname(packageDir));

/** Where a path given on the command line points: scripts run in the root, the caller may be elsewhere. */
export const fromCaller = (path: string): string => resolve(process.env['INIT_CWD'] ?? process.cwd(), path);

/** A results file as it is named on the command line: from the caller's folder, from this package's, or from its results. */
export function resultsFile(path: string): string {
  const candidates = [fromCaller(path), join(packageDir, path), join(packageDir, 'results', path)];
  return candidates.find((candidate) => existsSync(candidate)) ?? fromCaller(path);
}

/** Fails now where a file could not be written when all is measured. */
export function mustBeWritable(path: string): void {
  let reason: string | undefined;
  try {
    mkdirSync(dirname(path), { recursive: true });
    accessSync(dirname(path), constants.W_OK);
    if (existsSync(path) && statSync(path).isDirectory()) reason = 'it is a folder';
  } catch (error) {
    reason = (error as Error).message;
  }
  if (reason !== undefined) throw new BenchError(`Expected a file that can be written, got ${path}: ${reason}`);
}

/** Where the results of a run are written unless told otherwise. */
export function resultsPath({ environment, profile }: Results): string {
  const { date, commit, dirty } = environment;
  // What is not to be quoted must not take the place of what is.
  const kind = `${dirty ? '-dirty' : ''}${profile === 'full' ? '' : `-${profile}`}`;
  return join(packageDir, 'results', `${date.slice(0, 10)}-${commit}${kind}.json`);
}
