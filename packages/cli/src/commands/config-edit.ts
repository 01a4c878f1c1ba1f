import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

import { fileToEdit } from '../config/edit-file.ts';
import { isProjectFile } from '../config/project-file.ts';
import { readConfigFile } from '../config/read-file.ts';
import { replaceFile } from '../config/replace-file.ts';
import { configTemplate } from '../config/template.ts';
import { showPath } from '../config/paths.ts';
import { CliError } from '../errors.ts';
import { exitCodes } from '../exit-code.ts';
import { systemReason } from '../system-error.ts';
import type { CommandContext } from './context.ts';

/** `orc config edit`. */
export async function configEdit(context: CommandContext): Promise<number> {
  const { host, flags } = context;
  const path = fileToEdit(host, flags);
  if (!existsSync(path)) replaceFile(path, configTemplate(), { followLink: !isProjectFile(path), uid: host.uid });
  const named = host.env['VISUAL'] || host.env['EDITOR'] || undefined;
  // vi without a terminal waits for ever.
  if (named === undefined && host.platform !== 'win32' && host.stdin.isTTY !== true) {
    throw new CliError('ERR_CLI_CONFIG', 'there is no terminal to edit in, and neither $VISUAL nor $EDITOR is set', {
      exitCode: exitCodes.config,
      hint: `edit ${path} by hand, or use \`orc config set\``,
    });
  }
  const editor = named ?? (host.platform === 'win32' ? 'notepad' : 'vi');
  const [program = editor, ...args] = editor.split(/\s+/).filter((word) => word !== '');
  await new Promise<void>((resolve, reject) => {
    const child = spawn(program, [...args, path], { stdio: 'inherit' });
    child.on('error', (error) => {
      reject(
        new CliError('ERR_CLI_CONFIG', `the editor ${program} cannot be started: ${systemReason(error)}`, {
          exitCode: exitCodes.config,
          hint: `set $EDITOR, or edit ${path} by hand`,
        }),
      );
    });
    child.on('exit', (code) => {
      if (code === 0) resolve();
      else
        reject(
          new CliError('ERR_CLI_FAILED', `the editor ${program} ended with ${code ?? 'a signal'}`, {
            exitCode: exitCodes.failed,
          }),
        );
    });
  });
  readConfigFile(path);
  context.note(`${showPath(host, path)} is valid`);
  return 0;
}
