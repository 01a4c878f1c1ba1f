import { existsSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';

import type { Host } from '../host.ts';
import { homeOf, userPath } from './paths.ts';
import { configError } from './problem.ts';
import { isStricter, projectRule, type ProjectRule } from './project-rules.ts';
import type { ConfigFile, FileSetting } from './read-file.ts';
import { environmentName, settingSpecs, type SettingKey, type Settings } from './settings.ts';

/** The name of a project's file. */
export const projectFileName = '.orc.yaml';

/** Whether a path is that of a project's file. */
export function isProjectFile(path: string): boolean {
  return basename(path) === projectFileName;
}

/** The nearest project's file, from a folder up to the home folder or the root. */
export function findProjectFile(host: Host, start: string): string | undefined {
  const home = homeOf(host);
  for (let folder = start; ; folder = dirname(folder)) {
    const file = join(folder, projectFileName);
    if (existsSync(file)) return file;
    if (folder === home || folder === dirname(folder)) return undefined;
  }
}

/** A setting of a project's file that does not count. */
export interface RefusedSetting {
  /** The setting. */
  readonly key: SettingKey;
  /** What the file says. */
  readonly value: unknown;
  /** Its line, from 1. */
  readonly line: number;
  /** Why it does not count. */
  readonly why: string;
  /** Whether it counts once the user has trusted the file. */
  readonly trustable: boolean;
}

/** What of a project's file counts, and what does not. */
export interface ProjectVerdict {
  /** What counts, resolved. */
  readonly allowed: ReadonlyMap<SettingKey, FileSetting>;
  /** What does not, in the order of the file. */
  readonly refused: readonly RefusedSetting[];
}

/**
 * Decides what of a project's file counts. It comes with code that others wrote: it may only be stricter than what holds without it; more, once the user has trusted it.
 *
 * @param present - What holds without it.
 */
export function judgeProjectFile(host: Host, file: ConfigFile, present: Settings, trusted: boolean): ProjectVerdict {
  const allowed = new Map<SettingKey, FileSetting>();
  const refused: RefusedSetting[] = [];
  for (const [key, setting] of file.settings) {
    const { value, line } = setting;
    const resolved =
      settingSpecs[key].kind === 'path' && value !== '' ? userPath(host, String(value), dirname(file.path)) : value;
    // Nothing is changed, so that there is nothing to allow or to tell.
    if (JSON.stringify(resolved) === JSON.stringify(present[key])) continue;
    const never = neverReason(key, value, resolved, file.path);
    const rule = projectRule(key);
    if (never !== undefined) refused.push({ key, value, line, why: never, trustable: false });
    else if (trusted || rule === 'any' || (rule === 'stricter' && isStricter(key, value, present[key])))
      allowed.set(key, { ...setting, value: resolved });
    else {
      refused.push({ key, value, line, why: laxReason(key, rule), trustable: true });
    }
  }
  return { allowed, refused };
}

/** Why a setting does not count before the user has trusted the file. */
function laxReason(key: SettingKey, rule: ProjectRule | undefined): string {
  if (key === 'ai.model') return 'it may cost money, and send what it reads elsewhere';
  return rule === 'stricter' ? 'it is laxer than what holds without it' : 'it is for the user to decide';
}

/** Why a setting never counts in a project's file, trusted or not; `undefined` where it may. */
function neverReason(key: SettingKey, value: unknown, resolved: unknown, file: string): string | undefined {
  if (projectRule(key) === undefined) return `it can only be set by yourself: ${byYourself(key)}`;
  // It would take what stands in the environment into paths, names and requests that the project chose.
  if (typeof value === 'string' && value.includes('${')) return "`${NAME}` is not replaced in a project's file";
  if (settingSpecs[key].kind === 'path' && resolved !== '' && !isInside(dirname(file), String(resolved)))
    return 'it leads out of the project';
  return undefined;
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function byYourself(key: SettingKey): string {
  return `\`orc config set ${key} …\` or ${environmentName(key)}`;
}

/**
 * Refuses to write what a project's file can never set.
 *
 * @throws ERR_CLI_CONFIG with where to put it instead.
 */
export function checkProjectSetting(file: ConfigFile, key: SettingKey): void {
  const { line, column } = file.settings.get(key) ?? {};
  if (projectRule(key) !== undefined) return;
  const hint = `set it for yourself: ${byYourself(key)}`;
  throw configError([{ file: file.path, line, column, message: `a project's file may not set \`${key}\``, hint }]);
}
