import { statSync } from 'node:fs';
import { join } from 'node:path';

import { showPath, userPath } from '../config/paths.ts';
import { findProjectFile, projectFileName, type RefusedSetting } from '../config/project-file.ts';
import { loadConfig } from '../config/load.ts';
import { readPlainFile } from '../config/plain-file.ts';
import { showValue } from '../config/show-value.ts';
import { distrust, readTrusted, trust, trustOf } from '../config/trusted-files.ts';
import { usageError } from '../errors.ts';
import { exitCodes } from '../exit-code.ts';
import { cleanLine } from '../output/clean.ts';
import type { CommandContext } from './context.ts';

/** `orc trust [folder]`. */
export async function trustProject(context: CommandContext): Promise<number> {
  const { host, words, flags, print, note } = context;
  const [named] = words;
  if (flags.is('list') === true) {
    if (named !== undefined || flags.is('remove') === true) throw usageError('`orc trust --list` takes nothing else');
    return list(context);
  }
  const folder = named === undefined ? host.cwd : userPath(host, named);
  if (flags.is('remove') === true) return remove(context, folder);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw usageError(`expected the folder of a project, got \`${cleanLine(folder)}\``);
  const { project } = await loadConfig(host, { file: flags.text('config'), folder });
  if (project === undefined) {
    note(`there is no ${projectFileName} in ${cleanLine(showPath(host, folder))}, nor above it`);
    return exitCodes.ok;
  }
  const path = cleanLine(showPath(host, project.path));
  const asked = project.refused.filter(({ trustable }) => trustable);
  const never = project.refused.filter(({ trustable }) => !trustable);
  if (never.length > 0) {
    print(`${path} sets what no project's file can:`);
    for (const setting of never) print(line(setting));
  }
  if (project.trust === 'trusted') {
    note(`${path} is trusted`);
    return exitCodes.ok;
  }
  if (asked.length === 0) {
    note(`${path} needs no trust: what it may set, it sets`);
    return exitCodes.ok;
  }
  print(`${path}${project.trust === 'changed' ? ' has changed since you trusted it, and' : ''} would set:`);
  for (const setting of asked) print(line(setting));
  if (flags.is('yes') !== true && !(await agreed(context))) {
    note('nothing is changed');
    return exitCodes.failed;
  }
  trust(host, project.path, project.text);
  note(`${path} is trusted as it is now; \`orc trust --remove\` takes it back`);
  return exitCodes.ok;
}

/** One setting that does not count: its place, what it says, and why. */
function line({ key, value, line: at, why }: RefusedSetting): string {
  return `  line ${at}  ${key}: ${cleanLine(showValue(key, value)) || '(empty)'}  (${why})`;
}

/** Asks on the terminal. Anything but a yes is a no. */
async function agreed({ host }: CommandContext): Promise<boolean> {
  if (host.stdin.isTTY !== true)
    throw usageError('there is no terminal to ask on', 'read what it would set, then `orc trust --yes`');
  const { createInterface } = await import('node:readline/promises');
  const terminal = createInterface({ input: host.stdin, output: host.stderr });
  try {
    const ended = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
    const answer = await Promise.race([terminal.question('Allow all of it? [y/N] '), ended]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}

function list({ host, print, note }: CommandContext): number {
  const files = readTrusted(host);
  for (const { path, at } of files)
    print(`${stateOf(host, path).padEnd(7)}  ${at.slice(0, 10)}  ${cleanLine(showPath(host, path))}`);
  if (files.length === 0) note('no project is trusted');
  return exitCodes.ok;
}

function stateOf(host: CommandContext['host'], path: string): string {
  let text: string | undefined;
  try {
    text = readPlainFile(path);
  } catch {
    return 'changed';
  }
  return text === undefined ? 'gone' : trustOf(readTrusted(host), path, text);
}

function remove({ host, note }: CommandContext, folder: string): number {
  const path = findProjectFile(host, folder) ?? join(folder, projectFileName);
  const shown = cleanLine(showPath(host, path));
  note(distrust(host, path) ? `${shown} is trusted no longer` : `${shown} was not trusted`);
  return exitCodes.ok;
}
