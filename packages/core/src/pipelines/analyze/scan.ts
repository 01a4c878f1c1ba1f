import { createHash } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { OrcError } from '../../errors.ts';
import { readRegularFile } from '../../files/read-regular-file.ts';
import { IgnoreRules } from './ignore-rules.ts';
import { languageOf } from './languages.ts';
import { mostBytes, type ScannedPath } from './source-reader.ts';

/** A file that the analysis reads. */
export interface ScannedFile extends ScannedPath {
  readonly bytes: number;
  readonly language: string;
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
  await walkFolder(walk, '', IgnoreRules.above(resolve(root)));
  walk.files.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { files: walk.files, passed: walk.passed };
}

async function walkFolder(walk: Walk, folder: string, inherited: IgnoreRules): Promise<void> {
  walk.signal.throwIfAborted();
  const entries = await entriesOf(walk, folder);
  const rules = inherited.with(
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
  for (const path of files) {
    const found = scanFile(walk, path);
    if (found !== undefined) walk.files.push(found);
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

function scanFile(walk: Walk, path: string): ScannedFile | undefined {
  const language = languageOf(path);
  if (language === undefined) {
    walk.passed.other += 1;
    return undefined;
  }
  const { content, refused } = readRegularFile(join(walk.root, path), { maxBytes: mostBytes, followLinks: false });
  if (content === undefined) {
    walk.passed[refused === 'large' ? 'large' : 'unreadable'] += 1;
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
