import type { Host } from '../host.ts';
import { messageOf } from '../errors.ts';
import { showPath } from './paths.ts';
import { judgeProjectFile, type ProjectVerdict, type RefusedSetting } from './project-file.ts';
import type { ConfigFile } from './read-file.ts';
import type { SettingKey, Settings } from './settings.ts';
import { readTrusted, trustOf, type Trust } from './trusted-files.ts';

/** How a project's file stands. */
export interface ProjectState {
  /** Its path. */
  readonly path: string;
  /** Its text, as it was judged. */
  readonly text: string;
  /** Whether the user has trusted it. Unknown also where it asks for nothing that would need it. */
  readonly trust: Trust;
  /** What of it does not count. */
  readonly refused: readonly RefusedSetting[];
}

/** A project's file as a layer of the configuration. */
export interface ProjectLayer {
  /** How it stands. */
  readonly state: ProjectState;
  /** What of it counts. */
  readonly allowed: ProjectVerdict['allowed'];
  /** What is wrong with the list of trusted files. */
  readonly warnings: readonly string[];
}

/** Judges a project's file by what the user has trusted. A list of trusted files that can't be used trusts nothing. */
export function projectLayer(host: Host, file: ConfigFile, present: Settings): ProjectLayer {
  const { path, text } = file;
  const untrusted = judgeProjectFile(host, file, present, false);
  const layer = (
    trust: Trust,
    { allowed, refused }: ProjectVerdict,
    warnings: readonly string[] = [],
  ): ProjectLayer => ({
    state: { path, text, trust, refused },
    allowed,
    warnings,
  });
  if (!untrusted.refused.some(({ trustable }) => trustable)) return layer('unknown', untrusted);
  let trust: Trust;
  try {
    trust = trustOf(readTrusted(host), path, text);
  } catch (error) {
    return layer('unknown', untrusted, [messageOf(error)]);
  }
  return layer(trust, trust === 'trusted' ? judgeProjectFile(host, file, present, true) : untrusted);
}

/**
 * What does not count of a project's file, in one line for people; `undefined` when all of it does.
 *
 * @param decided - Whether a variable or a flag decides a setting, so that the file would not anyway.
 */
export function refusedWarning(
  host: Host,
  { path, trust, refused }: ProjectState,
  decided: (key: SettingKey) => boolean,
): string | undefined {
  const told = refused.filter(({ key }) => !decided(key));
  if (told.length === 0) return undefined;
  const names = told.map(({ key, line }) => `\`${key}\` (line ${line})`).join(', ');
  const changed = trust === 'changed' ? ' has changed since you trusted it;' : '';
  return `${showPath(host, path)}${changed || ':'} ignored ${names}: a project's file may only make things stricter; \`orc trust\` shows why, and can allow more`;
}
