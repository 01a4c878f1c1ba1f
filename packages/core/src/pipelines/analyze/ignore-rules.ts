import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import ignore, { type Ignore } from 'ignore';

import { readRegularFile } from '../../files/read-regular-file.ts';

// More rules than anyone writes, few enough to read in no time.
const mostBytes = 1_000_000;

/** What the ignore files of one folder say. */
interface FolderRules {
  /** The folder, relative to the scanned one and with a slash at its end; empty for that itself and those above it. */
  readonly below: string;
  /** Where the scanned folder is in a folder above it, with a slash at its end. */
  readonly above: string;
  readonly rules: Ignore;
}

/** The ignore files from the top of the repository down to a folder: the deepest speaks last, and may take back what one above it ignores. */
export class IgnoreRules {
  readonly #folders: readonly FolderRules[];

  private constructor(folders: readonly FolderRules[]) {
    this.#folders = folders;
  }

  /** The rules of what is above a folder, up to the top of its repository: none where it is in no repository. */
  static above(root: string): IgnoreRules {
    const folders: FolderRules[] = [];
    let above = '';
    for (let dir = root; !existsSync(join(dir, '.git')); dir = dirname(dir)) {
      if (dirname(dir) === dir) return new IgnoreRules([]);
      above = `${basename(dir)}/${above}`;
      const rules = rulesIn(dirname(dir), ['.gitignore', '.ignore']);
      if (rules !== undefined) folders.unshift({ below: '', above, rules });
    }
    return new IgnoreRules(folders);
  }

  /** These and those of a folder below, of which `names` are the files that are there. */
  with(root: string, folder: string, names: readonly string[]): IgnoreRules {
    const rules = rulesIn(join(root, folder), names);
    if (rules === undefined) return this;
    return new IgnoreRules([...this.#folders, { below: folder === '' ? '' : `${folder}/`, above: '', rules }]);
  }

  /** Whether a path is ignored; a folder's ends with a slash. */
  ignores(path: string): boolean {
    let ignored = false;
    for (const { below, above, rules } of this.#folders) {
      const verdict = rules.test(above + path.slice(below.length));
      if (verdict.ignored) ignored = true;
      else if (verdict.unignored) ignored = false;
    }
    return ignored;
  }
}

function rulesIn(dir: string, names: readonly string[]): Ignore | undefined {
  const texts = names.map(
    (name) => readRegularFile(join(dir, name), { maxBytes: mostBytes }).content?.toString('utf8') ?? '',
  );
  const text = texts.join('\n');
  return text.trim() === '' ? undefined : ignore({ allowRelativePaths: true }).add(text);
}
