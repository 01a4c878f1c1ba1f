import { shownAddress } from '../config/address.ts';
import { editSetting, fileToEdit } from '../config/edit-file.ts';
import { showPath } from '../config/paths.ts';
import { isProjectFile } from '../config/project-file.ts';
import { projectRule } from '../config/project-rules.ts';
import { wrongValue } from '../config/read-file.ts';
import { readSettingKey } from '../config/setting-key.ts';
import { settingSpecs, type SettingKey } from '../config/settings.ts';
import { readTrusted, trust, trustOf } from '../config/trusted-files.ts';
import { parseText } from '../config/value.ts';
import { usageError } from '../errors.ts';
import type { CommandContext } from './context.ts';

/** `orc config set <key> <value>`. */
export async function configSet(context: CommandContext): Promise<number> {
  const [name = '', text = ''] = context.words;
  const key = readSettingKey(name);
  const parsed = parseText(key, text);
  if (!parsed.ok) {
    const { message, hint } = wrongValue(key, text, parsed);
    throw usageError(message, hint);
  }
  const { kind, secret } = settingSpecs[key];
  edit(context, key, kind === 'duration' || kind === 'size' ? text : parsed.value);
  const path = fileToEdit(context.host, context.flags);
  context.note(
    `${key} = ${secret === true ? '(hidden)' : kind === 'address' ? shownAddress(text) : text}  ${context.errorStyle.dim(showPath(context.host, path))}`,
  );
  if (secret === true && key === 'ai.api_key' && !text.includes('${')) {
    context.note(
      `${context.errorStyle.warn('warning:')} the key stands in the file now; "\${NAME_OF_A_VARIABLE}" would keep it in the environment`,
    );
  }
  return 0;
}

/** `orc config unset <key>`. */
export async function configUnset(context: CommandContext): Promise<number> {
  const key = readSettingKey(context.words[0] ?? '');
  const removed = edit(context, key, undefined);
  const where = showPath(context.host, fileToEdit(context.host, context.flags));
  context.note(removed ? `${key} removed from ${where}` : `${key} is not set in ${where}`);
  return 0;
}

/** Edits the file; a project's file that the user makes, or had trusted, stays trusted: the change is the user's own. Returns whether it was written. */
function edit({ host, flags }: CommandContext, key: SettingKey, value: unknown): boolean {
  const path = fileToEdit(host, flags);
  const { before, after } = editSetting(host, path, key, value);
  if (after === undefined) return false;
  if (!isProjectFile(path)) return true;
  const own =
    before === undefined ? projectRule(key) !== 'any' : trustOf(readTrusted(host), path, before) === 'trusted';
  if (own) trust(host, path, after);
  return true;
}
