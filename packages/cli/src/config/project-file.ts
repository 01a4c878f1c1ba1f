import { basename } from 'node:path';

import { configError } from './problem.ts';
import type { ConfigFile } from './read-file.ts';
import { environmentName, settingSpecs } from './settings.ts';

/** The name of a project's file. */
export const projectFileName = '.orc.yaml';

/** Whether a path is that of a project's file. */
export function isProjectFile(path: string): boolean {
  return basename(path) === projectFileName;
}

/**
 * Refuses what a project's file must not say. It comes with code that others wrote, and may send nobody's key elsewhere, run no command and choose no file to write.
 *
 * @throws ERR_CLI_CONFIG with every such setting, its line and column, and where to put it instead.
 */
export function checkProjectFile({ path, settings }: ConfigFile): void {
  const problems = [...settings].flatMap(([key, { line, column }]) => {
    if (settingSpecs[key].userOnly !== true) return [];
    const hint = `remove it here, and set it for yourself if you trust it: \`orc config set ${key} …\` or ${environmentName(key)}`;
    return [{ file: path, line, column, message: `a project's file may not set \`${key}\``, hint }];
  });
  if (problems.length > 0) throw configError(problems);
}
