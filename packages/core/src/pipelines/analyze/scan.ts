import { createHash } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { lstat, readFile, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { OrcError } from '../../errors.ts';
import { IgnoreRules } from './ignore-rules.ts';
import { languageOf } from './languages.ts';

/** A file that the analysis reads. */
export interface ScannedFile {
  /** Path relative to the folder, with forward slashes. */
  readonly path: string;
  readonly bytes: number;
  readonly language: string;
  readonly sha256: string;
}

/** What a scan found, in the order of the paths. */
export interface Scan {
  readonly files: readonly ScannedFile[];
  /** How many entries were passed over, by reason. */
  readonly passed: {
    readonly ignored: number;
    readonly links: number;
    readonly large: number;
    readonly binary: number;
    readonly other: number;
    readonly unreadable: number;
  };
}

const always = [
  '.git',
  '.hg',
  '.svn',
  'node_modules',
  '.venv',
  'venv',
  '__pycache__',
  '.next',
  '.turbo',
  '.cache',
  'coverage',
];
const mostBytes = 1_000_000;

/** The scan with its own counters. */
interface Walk {
  readonly root: string;
  readonly files: ScannedFile[];
  readonly passed: { ignored: number; links: number; large: number; binary: number; other: number; unreadable: number };
  readonly signal: AbortSignal;
  readonly report: (found: number) => void;
}

/** Walks a folder by its ignore files. Links are never followed, so the walk can't leave the folder. */
export async function scanFolder(
  root: string,
  options: { readonly signal: AbortSignal; readonly report?: ((found: number) => void) | undefined },
): Promise<Scan> {
  const walk: Walk = {
    root,
    files: [],
    passed: { ignored: 0, links: 0, large: 0, binary: 0, other: 0, unreadable: 0 },
    signal: options.signal,
    report: options.report ?? (() => undefined),
  };
  await walkFolder(walk, '', await IgnoreRules.above(resolve(root)));
  walk.files.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { files: walk.files, passed: walk.passed };
}

async function walkFolder(walk: Walk, folder: string, inherited: IgnoreRules): Promise<void> {
  walk.signal.throwIfAborted();
  const entries = await entriesOf(walk, folder);
  const rules = await inherited.with(
    walk.root,
    folder,
    ['.gitignore', '.ignore'].filter((name) => entries.some((entry) => entry.name === name && entry.isFile())),
  );
  const files: string[] = [];
  for (const entry of entries) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isSymbolicLink()) {
      walk.passed.links += 1;
    } else if (entry.isDirectory()) {
      if (always.includes(entry.name) || rules.ignores(`${path}/`)) walk.passed.ignored += 1;
      else await walkFolder(walk, path, rules);
    } else if (entry.isFile()) {
      if (rules.ignores(path)) walk.passed.ignored += 1;
      else files.push(path);
    }
  }
  // Sixteen at a time: enough to hide the latency of a disk, few enough to stay below any limit of open files.
  for (let at = 0; at < files.length; at += 16) {
    const found = await Promise.all(files.slice(at, at + 16).map((path) => scanFile(walk, path)));
    walk.files.push(...found.filter((file) => file !== undefined));
  }
  walk.report(walk.files.length);
}

async function entriesOf(walk: Walk, folder: string): Promise<Dirent[]> {
  try {
    return await readdir(join(walk.root, folder), { withFileTypes: true });
  } catch (error) {
    if (folder === '') {
      const { code = 'unknown' } = error as NodeJS.ErrnoException;
      throw new OrcError(
        'ERR_ORC_REQUEST',
        `Expected a folder to analyze at ${walk.root}, could not read it (${code})`,
        { cause: error, retryable: false },
      );
    }
    walk.passed.unreadable += 1;
    return [];
  }
}

async function contentOf(full: string): Promise<Buffer | 'large' | 'unreadable'> {
  try {
    const { size } = await lstat(full);
    return size > mostBytes ? 'large' : await readFile(full);
  } catch {
    return 'unreadable';
  }
}

async function scanFile(walk: Walk, path: string): Promise<ScannedFile | undefined> {
  const language = languageOf(path);
  if (language === undefined) {
    walk.passed.other += 1;
    return undefined;
  }
  const content = await contentOf(join(walk.root, path));
  if (typeof content === 'string') {
    walk.passed[content] += 1;
    return undefined;
  }
  if (content.subarray(0, 8000).includes(0)) {
    walk.passed.binary += 1;
    return undefined;
  }
  return {
    path,
    bytes: content.length,
    language: language.name,
    sha256: createHash('sha256').update(content).digest('hex'),
  };
}
