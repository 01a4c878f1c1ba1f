import { createHash } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { join, posix } from 'node:path';

import { readRegularFile } from '../../files/read-regular-file.ts';

/** The largest file that is analyzed, in bytes. */
export const mostBytes = 1_000_000;

/** A file as the scan read it. */
export interface ScannedPath {
  /** Path relative to the folder, with forward slashes. */
  readonly path: string;
  /** The digest of the bytes that it had. */
  readonly sha256: string;
}

/** What a task of the analysis is given to read. */
export interface SourceFiles {
  readonly root: string;
  readonly files: readonly ScannedPath[];
}

/** The files that no longer were what the scan had read. A result with some was made from less than its key says, and is not kept. */
export interface ChangedFiles {
  readonly changed: readonly string[];
}

/** A result may be kept where every file was what the scan had read. */
export const fromScannedFiles = (output: ChangedFiles): boolean => output.changed.length === 0;

/**
 * Reads scanned files of one folder as the scan read them. A file with other bytes, one that has gone, and one that is reached through a link by
 * now is left out, and named in `changed`.
 */
export class SourceReader {
  readonly #root: string;
  readonly #digests: ReadonlyMap<string, string>;
  readonly #changed = new Set<string>();
  // Each folder on the way is looked at once: a link put there since the scan is not followed.
  readonly #folders = new Map<string, boolean>([['.', true]]);

  /** Makes a reader of the files of a scan. */
  constructor({ root, files }: SourceFiles) {
    this.#root = root;
    this.#digests = new Map(files.map(({ path, sha256 }) => [path, sha256]));
  }

  /** The files that were left out so far, in the order of their paths. */
  get changed(): string[] {
    return [...this.#changed].toSorted();
  }

  /** The text of a file; `undefined` where it is not what the scan has read. */
  read(path: string): string | undefined {
    const content = this.#contentOf(path);
    if (content === undefined || createHash('sha256').update(content).digest('hex') !== this.#digests.get(path)) {
      this.#changed.add(path);
      return undefined;
    }
    const text = content.toString('utf8');
    return text.startsWith('\uFEFF') ? text.slice(1) : text;
  }

  #contentOf(path: string): Buffer | undefined {
    try {
      if (!this.#isFolder(posix.dirname(path))) return undefined;
      const found = readRegularFile(join(this.#root, path), { maxBytes: mostBytes, followLinks: false });
      return found.content;
    } catch {
      return undefined;
    }
  }

  #isFolder(path: string): boolean {
    const known = this.#folders.get(path);
    if (known !== undefined) return known;
    const found = this.#isFolder(posix.dirname(path)) && lstatSync(join(this.#root, path)).isDirectory();
    this.#folders.set(path, found);
    return found;
  }
}
