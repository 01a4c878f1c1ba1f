import type { ForeignUse } from '@orc/core';

import type { CommandContext } from '../commands/context.ts';
import { sessionError } from '../engine/sessions.ts';
import { cleanLine } from '../output/clean.ts';

/**
 * Asks whether a session from elsewhere may use what it would use; `--trust-session` says so without being asked.
 *
 * @throws ERR_CLI_SESSION (exit code 7) when it may not, and where there is no terminal to ask on.
 */
export async function agreeToSession(context: CommandContext, id: string, uses: readonly ForeignUse[]): Promise<void> {
  if (uses.length === 0 || context.flags.is('trust-session') === true) return;
  const named = uses.map(({ what, value }) => `${nouns[what]} ${cleanLine(value)}`);
  if (context.host.stdin.isTTY === true) {
    context.note(`session ${id} was not made here. To go on, it would use:`);
    for (const line of named) context.note(`  ${line}`);
    if (await isAgreed(context, 'Go on? [y/N] ')) return;
    throw sessionError(`session ${id} was not resumed: it was not made here`, `orc show ${id} shows what is in it`);
  }
  throw sessionError(
    `session ${id} was not made here, and would use ${named.join(', ')}`,
    `if that is right: orc resume ${id} --trust-session`,
  );
}

const nouns: Readonly<Record<ForeignUse['what'], string>> = {
  input: 'the folder',
  files: 'the files',
  model: 'the model',
};

/** Asks on the terminal. Anything but a yes is a no. */
async function isAgreed({ host }: CommandContext, question: string): Promise<boolean> {
  const { createInterface } = await import('node:readline/promises');
  const terminal = createInterface({ input: host.stdin, output: host.stderr });
  try {
    const ended = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
    return /^y(es)?$/i.test((await Promise.race([terminal.question(question), ended])).trim());
  } finally {
    terminal.close();
  }
}
