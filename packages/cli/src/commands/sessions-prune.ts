import { parseDuration } from '../config/units.ts';
import { openSessions } from '../engine/sessions.ts';
import { usageError } from '../errors.ts';
import { plural } from '../output/format.ts';
import type { CommandContext } from './context.ts';

/** `orc sessions prune`. */
export async function sessionsPrune(context: CommandContext): Promise<number> {
  const text = context.flags.text('older-than') ?? '30d';
  const olderThanMs = parseDuration(text);
  if (olderThanMs === undefined) throw usageError(`expected --older-than to be a duration such as 7d, got \`${text}\``);
  const removed = await openSessions(await context.config()).prune({ olderThanMs });
  context.note(`removed ${plural(removed.length, 'session')} that nobody touched for ${text}`);
  for (const id of removed) context.print(id);
  return 0;
}
