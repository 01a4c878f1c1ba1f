import { spawn } from 'node:child_process';
import { join } from 'node:path';

import type { RunReport } from '@orc/core';

import { showPath, userPath } from '../config/paths.ts';
import { findSession, openSessions, sessionError } from '../engine/sessions.ts';
import { CliError } from '../errors.ts';
import { exitCodes } from '../exit-code.ts';
import { systemReason } from '../system-error.ts';
import { chromeTrace } from '../report/chrome-trace.ts';
import { htmlReport } from '../report/html-report.ts';
import { markdownReport } from '../report/markdown-report.ts';
import type { Host } from '../host.ts';
import type { CommandContext } from './context.ts';
import { placeFile } from '../files/place-file.ts';
import { writeUserFile } from '../files/user-file.ts';
import { writeAll } from '../files/write-all.ts';
import { jsonText } from '../output/json.ts';

/** `orc report [id]`. */
export async function report(context: CommandContext): Promise<number> {
  const { host, flags } = context;
  const store = openSessions(await context.config());
  const { id, dir } = await findSession(store, context.words[0]);
  const { report: stored } = await store.read(id);
  if (stored?.['schema'] !== 'orc.report/1')
    throw sessionError(`the session ${id} has no report: it has not ended yet`, `orc resume ${id}`);
  const format = flags.text('format') ?? 'html';
  const text = render(stored, format);
  const named = flags.text('to');
  if (named === '-') {
    context.printExact(text);
    return exitCodes.ok;
  }
  const extension = format === 'html' ? 'html' : format === 'markdown' ? 'md' : 'json';
  const name = format === 'html' ? 'report.html' : `report-${format}.${extension}`;
  const file = named === undefined ? join(dir, name) : userPath(host, named);
  try {
    // The session may be somebody else's: what stands in its folder is theirs.
    if (named === undefined) placeFile(dir, name, (opened) => writeAll(opened, text));
    else writeUserFile(file, text);
  } catch (error) {
    throw new CliError('ERR_CLI_OUTPUT', `${file} cannot be written: ${systemReason(error)}`, {
      exitCode: exitCodes.usage,
      cause: error,
    });
  }
  context.printExact(`${file}\n`);
  if (flags.is('open') === true)
    openFile(host, file, (message) =>
      context.note(`${context.errorStyle.warn('warning:')} ${message}: ${showPath(host, file)}`),
    );
  return exitCodes.ok;
}

function render(stored: RunReport, format: string): string {
  switch (format) {
    case 'markdown':
      return markdownReport(stored);
    case 'chrome-trace':
      return `${jsonText(chromeTrace(stored))}\n`;
    case 'json':
      return `${jsonText(stored, 2)}\n`;
    default:
      return htmlReport(stored);
  }
}

/** Opens a file as the desktop would. */
function openFile(host: Host, file: string, warn: (message: string) => void): void {
  const [program, args] =
    host.platform === 'darwin'
      ? (['open', [file]] as const)
      : host.platform === 'win32'
        ? (['cmd', ['/c', 'start', '', file]] as const)
        : (['xdg-open', [file]] as const);
  const child = spawn(program, args, { stdio: 'ignore', detached: true });
  child.on('error', () => warn('no browser can be started; open it by hand'));
  child.unref();
}
