import { execFile } from 'node:child_process';
import { lstat, realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import { readRegularFile } from '../../files/read-regular-file.ts';
import { staysInside } from '../stays-inside.ts';

/** How a file changed over time. */
export interface FileHistory {
  readonly path: string;
  readonly commits: number;
  readonly authors: number;
}

/** What git knows, as counts; empty where the folder itself is no repository, or without git. */
export interface History {
  readonly commits: number;
  readonly authors: number;
  readonly files: readonly FileHistory[];
}

const none: History = { commits: 0, authors: 0, files: [] };
const mostCommits = 2000;

/** Counts commits and authors per file over the last 2,000 commits. No name and no mail address leaves this function. */
export async function readHistory(root: string, signal: AbortSignal): Promise<History> {
  signal.throwIfAborted();
  if (!(await isOwnRepository(root))) return none;
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
  return {
    commits,
    authors: authors.size,
    files: list.toSorted((a, b) => b.commits - a.commits || (a.path < b.path ? -1 : 1)).slice(0, 2000),
  };
}

// A repository may keep its parts elsewhere, by a file in place of the folder `.git`, by links, or by naming other folders in its files: that history is not this folder's.
async function isOwnRepository(root: string): Promise<boolean> {
  const git = join(root, '.git');
  try {
    if (!(await lstat(git)).isDirectory()) return false;
    for (const name of [
      'HEAD',
      'config',
      'objects',
      'refs',
      'packed-refs',
      'shallow',
      join('objects', 'info'),
      join('objects', 'pack'),
    ]) {
      const found = await lstat(join(git, name)).catch(() => undefined);
      if (found?.isSymbolicLink() === true) return false;
    }
    const real = await realpath(root);
    return (
      ['commondir', 'gitdir'].every((name) => readRegularFile(join(git, name), small).refused === 'missing') &&
      alternatesStayInside(real)
    );
  } catch {
    return false;
  }
}

const small = { maxBytes: 100_000, followLinks: false };

function alternatesStayInside(root: string): boolean {
  const objects = join(root, '.git', 'objects');
  const { content, refused } = readRegularFile(join(objects, 'info', 'alternates'), small);
  if (content === undefined) return refused === 'missing';
  const folders = content
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  return folders.every((folder) => staysInside(root, resolve(objects, folder)));
}

function gitLog(root: string, signal: AbortSignal): Promise<string | undefined> {
  // No pager, hook, external diff, signature check or fetch: the folder under analysis must not be able to run anything, by its own configuration neither.
  const args = [
    '-c',
    'core.fsmonitor=false',
    '-c',
    'core.hooksPath=',
    '-c',
    'log.showSignature=false',
    '-c',
    'protocol.allow=never',
    '-c',
    'core.quotePath=false',
    'log',
    `--max-count=${mostCommits}`,
    '--no-renames',
    '--no-ext-diff',
    '--no-textconv',
    '--no-show-signature',
    '--relative',
    '--format=%x01%ae',
    '--name-only',
    '--',
    '.',
  ];
  return new Promise((settle, reject) => {
    execFile(
      'git',
      args,
      { cwd: root, env: environmentOf(root), signal, maxBuffer: 1 << 28, windowsHide: true },
      (error, stdout) => {
        if (signal.aborted) reject(signal.reason as Error);
        else settle(error === null ? stdout : undefined);
      },
    );
  });
}

// Git must look at this folder alone: at no repository around it, and at none that a variable of the caller's names.
function environmentOf(root: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  return {
    ...Object.fromEntries(inherited),
    // Above what any configuration allows: the repository's `protocol.ext.allow` overrules `protocol.allow`.
    GIT_ALLOW_PROTOCOL: '',
    GIT_CEILING_DIRECTORIES: dirname(root),
    GIT_NO_LAZY_FETCH: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
  };
}
