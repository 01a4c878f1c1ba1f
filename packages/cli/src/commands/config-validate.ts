import { existsSync } from 'node:fs';

import { configSchema } from '../config/json-schema.ts';
import { defaultSettings } from '../config/settings.ts';
import { showPath, userPath } from '../config/paths.ts';
import { configError } from '../config/problem.ts';
import { isProjectFile, judgeProjectFile } from '../config/project-file.ts';
import { readConfigFile, type ConfigFile } from '../config/read-file.ts';
import type { CommandContext } from './context.ts';
import { jsonText } from '../output/json.ts';

/** `orc config validate [file]`. */
export async function configValidate(context: CommandContext): Promise<number> {
  const { host, words, flags, note } = context;
  if (flags.is('schema') === true) {
    context.print(jsonText(configSchema(), 2));
    return 0;
  }
  const [named] = words;
  if (named !== undefined) {
    const path = userPath(host, named);
    const file = readConfigFile(path);
    if (file === undefined) throw configError([{ file: path, message: 'there is no such configuration file' }]);
    tellLegacy(context, file);
    if (isProjectFile(path)) {
      const { refused } = judgeProjectFile(host, file, defaultSettings, false);
      for (const { key, line, why } of refused) note(`  line ${line}  ${key} has no effect: ${why}`);
    }
    context.print(`${showPath(host, path)} is valid, ${file.settings.size} settings`);
    return 0;
  }
  const config = await context.config();
  const found = config.files.filter(({ path }) => existsSync(path));
  for (const { path } of found) {
    const file = readConfigFile(path);
    if (file !== undefined) tellLegacy(context, file);
  }
  context.print(
    found.length === 0
      ? 'there is no configuration file; the defaults hold'
      : found.map(({ path }) => `${showPath(host, path)} is valid`).join('\n'),
  );
  return 0;
}

/** What became of each key of a version 1.0 file. */
function tellLegacy({ note }: CommandContext, { legacy }: ConfigFile): void {
  const width = Math.max(...legacy.map(({ path }) => path.length));
  for (const { path, what } of legacy) note(`  ${path.padEnd(width)}  ${what}`);
}
