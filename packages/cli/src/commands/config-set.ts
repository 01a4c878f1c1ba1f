import { editSetting, fileToEdit } from '../config/edit-file.ts';
import { showPath } from '../config/paths.ts';
import { wrongValue } from '../config/read-file.ts';
import { readSettingKey } from '../config/setting-key.ts';
import { settingSpecs } from '../config/settings.ts';
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
  const path = fileToEdit(context.host, context.flags);
  editSetting(path, key, kind === 'duration' || kind === 'size' ? text : parsed.value);
  context.note(
    `${key} = ${secret === true ? '(hidden)' : text}  ${context.errorStyle.dim(showPath(context.host, path))}`,
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
  const path = fileToEdit(context.host, context.flags);
  const removed = editSetting(path, key, undefined);
  const where = showPath(context.host, path);
  context.note(removed ? `${key} removed from ${where}` : `${key} is not set in ${where}`);
  return 0;
}
