import { execFile } from 'node:child_process';

/** How a file changed over time. */
export interface FileHistory {
  readonly path: string;
  readonly commits: number;
  readonly authors: number;
}

/** What git knows, as counts; empty outside a repository or without git. */
export interface History {
  readonly commits: number;
  readonly authors: number;
  readonly files: readonly FileHistory[];
}

const none: History = { commits: 0, authors: 0, files: [] };
const mostCommits = 2000;

/** Counts commits and authors per file over the last 2,000 commits. No name and no mail address leaves this function. */
export async function readHistory(root: string, signal: AbortSignal): Promise<History> {
  const text = await gitLog(root, signal);
  if (text === undefined) return none;
  const files = new Map<string, { commits: number; readonly authors: Set<string> }>();
  const authors = new Set<string>();
  let commits = 0;
  let author = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('\u0001')) {
      commits += 1;
      author = line.slice(1);
      authors.add(author);
    } else if (line !== '') {
      const entry = files.get(line) ?? { commits: 0, authors: new Set<string>() };
      entry.commits += 1;
      entry.authors.add(author);
      files.set(line, entry);
    }
  }
  const list = [...files].map(([path, entry]) => ({ path, commits: entry.commits, authors: entry.authors.size }));
  return { commits, authors: authors.size, files: list.toSorted((a, b) => b.commits - a.commits || (a.path < b.path ? -1 : 1)).slice(0, 2000) };
}

function gitLog(root: string, signal: AbortSignal): Promise<string | undefined> {
  // No pager, no hooks, no external diff: the folder under analysis must not be able to run anything.
  const args = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=', '-c', 'core.quotePath=false', 'log', `--max-count=${mostCommits}`, '--no-renames', '--no-ext-diff', '--relative', '--format=%x01%ae', '--name-only', '--', '.'];
  return new Promise((resolve, reject) => {
    execFile('git', args, { cwd: root, signal, maxBuffer: 1 << 28, windowsHide: true }, (error, stdout) => {
      if (signal.aborted) reject(signal.reason as Error);
      else resolve(error === null ? stdout : undefined);
    });
  });
}
