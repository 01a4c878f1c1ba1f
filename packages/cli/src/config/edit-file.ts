import { join } from 'node:path';

import { isMap, parseDocument } from 'yaml';

import type { FlagValues } from '../args/values.ts';
import type { Host } from '../host.ts';
import { systemReason } from '../system-error.ts';
import { resolvePaths, userPath } from './paths.ts';
import { readPlainFile } from './plain-file.ts';
import { configError } from './problem.ts';
import { checkProjectSetting, isProjectFile, projectFileName } from './project-file.ts';
import { parseConfig } from './read-file.ts';
import { replaceFile } from './replace-file.ts';
import { setIn } from './set-in.ts';
import type { SettingKey } from './settings.ts';

/** The file that `config set`, `unset`, `edit` and `path` are about. */
export function fileToEdit(host: Host, flags: FlagValues): string {
  if (flags.is('project') === true) return join(host.cwd, projectFileName);
  const named = flags.text('config') ?? host.env['ORC_CONFIG'];
  return named === undefined || named === '' ? resolvePaths(host).configFile : userPath(host, named);
}

/** What became of a file. */
export interface EditedFile {
  /** Its text before; `undefined` when there was no such file. */
  readonly before: string | undefined;
  /** Its text now; `undefined` when it was not written, because nothing had to be removed. */
  readonly after: string | undefined;
}

/**
 * Changes one setting in a file and leaves comments and order alone. `undefined` removes it.
 *
 * @throws ERR_CLI_CONFIG when the file is invalid or can't be written.
 */
export function editSetting(host: Host, path: string, key: SettingKey, written: unknown): EditedFile {
  let before: string | undefined;
  try {
    before = readPlainFile(path);
  } catch (error) {
    throw configError([{ file: path, message: `cannot be read: ${systemReason(error)}` }]);
  }
  const text = before ?? '';
  // The file must be right before it is changed, or the change would be blamed for it.
  parseConfig(path, text);
  const document = parseDocument(text, { logLevel: 'error' });
  const keys = key.split('.');
  if (written === undefined) {
    // An empty document has nothing to remove, and yaml's `deleteIn` throws on it.
    if (!document.hasIn(keys)) return { before, after: undefined };
    document.deleteIn(keys);
    prune(document, keys.slice(0, -1));
  } else if (!setIn(document, keys, written)) {
    throw configError([
      { file: path, message: `\`${key}\` finds no place in it`, hint: `edit it: \`orc config edit\`` },
    ]);
  }
  const empty = document.contents === null || (isMap(document.contents) && document.contents.items.length === 0);
  // What remains of an emptied file is its comments.
  const after = empty && !/#/.test(text) ? '' : document.toString({ lineWidth: 0 });
  const file = parseConfig(path, after);
  const project = isProjectFile(path);
  if (project && written !== undefined) checkProjectSetting(file, key);
  // A link in a project is not of the user's making.
  replaceFile(path, after, { followLink: !project, uid: host.uid });
  return { before, after };
}

function prune(document: ReturnType<typeof parseDocument>, path: readonly string[]): void {
  if (path.length === 0) return;
  const node = document.getIn(path, true);
  if (isMap(node) && node.items.length === 0) {
    document.deleteIn(path);
    prune(document, path.slice(0, -1));
  }
}
