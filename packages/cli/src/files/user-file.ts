import { accessSync, closeSync, constants, fstatSync, lstatSync, openSync } from 'node:fs';
import { basename, dirname } from 'node:path';

import { makeFolder } from '../config/make-folder.ts';
import { fileMode, folderMode, placeFile } from './place-file.ts';
import { isStreamPath } from './stream-path.ts';
import { writeAll } from './write-all.ts';

const noFollow: number = constants.O_NOFOLLOW ?? 0;
/** A pipe that nobody reads would keep `open` waiting. */
const noWait: number = constants.O_NONBLOCK ?? 0;

/**
 * Finds out, before anything is spent, whether a file can be put in its place.
 *
 * @throws an error of the system, or one that says what stands there.
 */
export function prepareUserFile(path: string): void {
  if (isStreamPath(path)) return;
  makeFolder(dirname(path), folderMode);
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true) throw new Error('it is a folder, not a file');
  accessSync(dirname(path), constants.W_OK | constants.X_OK);
}

/**
 * Writes a file that the user named, whole or not at all. A link of that name is replaced, not followed; a stream such as `/dev/stdout` is
 * written to. A file that was there hands on its mode.
 *
 * @throws an error of the system.
 */
export function writeUserFile(path: string, text: string): void {
  if (!isStreamPath(path)) {
    placeFile(dirname(path), basename(path), (file) => writeAll(file, text), { keepMode: true });
    return;
  }
  const stream = openSync(path, constants.O_WRONLY);
  try {
    writeAll(stream, text);
  } finally {
    closeSync(stream);
  }
}

/**
 * Opens a file that the user named to append to it: a regular file, made where there is none, or a stream such as `/dev/stderr`. Links, pipes
 * and devices elsewhere may have been prepared by others, and are refused.
 *
 * @throws an error of the system, or one that says what stands there.
 */
export function openToAppend(path: string): number {
  if (isStreamPath(path)) return openSync(path, constants.O_WRONLY | constants.O_APPEND);
  makeFolder(dirname(path), folderMode);
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isSymbolicLink() === true) throw new Error('it is a link; name the file itself');
  if (found?.isFile() === false && !found.isDirectory()) throw notRegular();
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | noFollow | noWait;
  const file = openSync(path, flags, fileMode);
  try {
    const opened = fstatSync(file);
    if (!opened.isFile()) throw notRegular();
    // What is appended would show under its other name too.
    if (opened.nlink > 1) throw new Error('it has a second name (a hard link)');
    return file;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

function notRegular(): Error {
  return new Error('it is a pipe or a device; those under /dev may be named');
}
