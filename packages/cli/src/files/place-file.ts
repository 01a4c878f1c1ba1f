import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join, sep } from 'node:path';

import { makeFolder } from '../config/make-folder.ts';

/** Mode of every folder that the command makes: requests and results are private. */
export const folderMode = 0o700;

/** Mode of every file that the command makes. */
export const fileMode = 0o600;

/** What Windows does not have does nothing there; links are looked for before anything is opened, too. */
const noFollow: number = constants.O_NOFOLLOW ?? 0;
const separator = sep === '/' ? '/' : /[\\/]/;
const newFile: number = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | noFollow;

/** How a file is put in its place. */
export interface PlaceOptions {
  /** Whether a file of the user's own that is replaced hands on its mode: somebody else may have to read it. */
  readonly keepMode?: boolean;
}

/**
 * Puts a file in place, whole or not at all, in a folder that others may have filled: it is written under a random name that must be free,
 * then renamed. No link is followed in any part of the path below `root`: one that has the file's name is replaced, one on the way there is
 * refused. `root` is what the user chose, and may be a link of theirs.
 *
 * @param fill - Writes the file, which is open.
 * @throws an error of the system, or one that names the link.
 */
export function placeFile(
  root: string,
  path: string,
  fill: (file: number) => void,
  { keepMode = false }: PlaceOptions = {},
): void {
  const parts = path.split(separator);
  const name = parts.pop() ?? '';
  if (name === '' || [...parts, name].some((part) => part === '' || part === '.' || part === '..'))
    throw new Error(`\`${path}\` leads out of ${root}`);
  makeFolder(root, folderMode);
  const parent = makeFoldersBelow(root, parts);
  const temporary = join(parent, `.${randomBytes(9).toString('base64url')}.part`);
  const file = openSync(temporary, newFile, fileMode);
  try {
    try {
      fill(file);
      const mode = keepMode ? modeToKeep(file, join(parent, name)) : undefined;
      if (mode !== undefined) fchmodSync(file, mode);
    } finally {
      closeSync(file);
    }
    // Somebody may have put a link in the way since it was looked for.
    if (realpathSync(parent) !== join(realpathSync(root), ...parts)) throw linkInTheWay(parent);
    renameSync(temporary, join(parent, name));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/**
 * Opens a regular file below a folder to read it, with no link in any part of the path, the folder itself included.
 *
 * @throws an error of the system, or one that says what stands there.
 */
export function openBelow(root: string, path: string): number {
  let place = root;
  for (const part of ['', ...path.split(separator)]) {
    place = join(place, part);
    if (lstatSync(place).isSymbolicLink()) throw linkInTheWay(place);
  }
  // A pipe that nobody writes to would keep `open` waiting.
  const file = openSync(place, constants.O_RDONLY | noFollow | (constants.O_NONBLOCK ?? 0));
  if (fstatSync(file).isFile()) return file;
  closeSync(file);
  throw new Error(`${place} is not a regular file`);
}

function makeFoldersBelow(root: string, parts: readonly string[]): string {
  let folder = root;
  for (const part of parts) {
    folder = join(folder, part);
    try {
      mkdirSync(folder, folderMode);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const found = lstatSync(folder);
      if (found.isSymbolicLink()) throw linkInTheWay(folder);
      if (!found.isDirectory()) throw new Error(`${folder} is a file, not a folder`, { cause: error });
    }
  }
  return folder;
}

/** The mode of the file that a new one replaces, where it is a regular file of the same user. */
function modeToKeep(file: number, path: string): number | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isFile() === true && found.uid === fstatSync(file).uid ? found.mode & 0o777 : undefined;
}

function linkInTheWay(path: string): Error {
  return new Error(`${path} is a link, and files are never written or read through one`);
}
