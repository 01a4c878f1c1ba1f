import { chmodSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { isMap, parseDocument } from 'yaml';

import type { FlagValues } from '../args/values.ts';
import { CliError } from '../errors.ts';
import { exitCodes } from '../exit-code.ts';
import type { Host } from '../host.ts';
import { systemReason } from '../system-error.ts';
import { resolvePaths, userPath } from './paths.ts';
import { checkProjectFile, isProjectFile, projectFileName } from './project-file.ts';
import { parseConfig } from './read-file.ts';
import type { SettingKey } from './settings.ts';
import { makeFolder } from './make-folder.ts';

/** The file that `config set`, `unset`, `edit` and `path` are about. */
export function fileToEdit(host: Host, flags: FlagValues): string {
  if (flags.is('project') === true) return join(host.cwd, projectFileName);
  const named = flags.text('config') ?? host.env['ORC_CONFIG'];
  return named === undefined || named === '' ? resolvePaths(host).configFile : userPath(host, named);
}

/**
 * Changes one setting in a file and leaves comments and order alone. `undefined` removes it.
 * Returns whether the file was written: to remove what is not there changes nothing.
 *
 * @throws ERR_CLI_CONFIG when the file is invalid or can't be written.
 */
export function editSetting(path: string, key: SettingKey, written: unknown): boolean {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const document = parseDocument(text);
  // The file must be right before it is changed, or the change would be blamed for it.
  parseConfig(path, text);
  if (written === undefined) {
    // An empty document has nothing to remove, and yaml's `deleteIn` throws on it.
    if (!document.hasIn(key.split('.'))) return false;
    document.deleteIn(key.split('.'));
    prune(document, key.split('.').slice(0, -1));
  } else {
    document.setIn(key.split('.'), written);
  }
  const changed =
    document.contents === null || (isMap(document.contents) && document.contents.items.length === 0)
      ? ''
      : String(document);
  const after = parseConfig(path, changed);
  if (isProjectFile(path) && written !== undefined) checkProjectFile(after);
  writeWhole(path, changed);
  return true;
}

/** Writes a file whole or not at all, readable by its owner alone: it may name keys. */
export function writeWhole(path: string, text: string): void {
  const part = `${path}.part`;
  try {
    makeFolder(dirname(path));
    writeFileSync(part, text, { mode: 0o600 });
    renameSync(part, path);
    chmodSync(path, 0o600);
  } catch (error) {
    rmSync(part, { force: true });
    throw new CliError('ERR_CLI_CONFIG', `${path} cannot be written: ${systemReason(error)}`, {
      exitCode: exitCodes.config,
      cause: error,
    });
  }
}

function prune(document: ReturnType<typeof parseDocument>, path: readonly string[]): void {
  if (path.length === 0) return;
  const node = document.getIn(path, true);
  if (isMap(node) && node.items.length === 0) {
    document.deleteIn(path);
    prune(document, path.slice(0, -1));
  }
}
