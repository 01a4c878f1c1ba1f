import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Results } from '../results.ts';

/** The folder of this package. */
const packageDir: string = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The folder of the repository. */
export const rootDir: string = dirname(dirname(packageDir));

/** Where a path given on the command line points: scripts run in the root, the caller may be elsewhere. */
export const fromCaller = (path: string): string => resolve(process.env['INIT_CWD'] ?? process.cwd(), path);

/** Where the results of a run are written unless told otherwise. */
export function resultsPath({ environment, profile }: Results): string {
  const { date, commit, dirty } = environment;
  // What is not to be quoted must not take the place of what is.
  const kind = `${dirty ? '-dirty' : ''}${profile === 'full' ? '' : `-${profile}`}`;
  return join(packageDir, 'results', `${date.slice(0, 10)}-${commit}${kind}.json`);
}
