import { openSessions } from '../engine/sessions.ts';
import { cleanLine } from '../output/clean.ts';
import { columnsOf } from '../output/columns.ts';
import { formatAgo, formatBytes, plural } from '../output/format.ts';
import { wholeNumber } from '../run/run-options.ts';
import { cutWidth } from '../output/fold.ts';
import type { CommandContext } from './context.ts';
import { jsonText } from '../output/json.ts';

/** `orc sessions list`. */
export async function sessionsList(context: CommandContext): Promise<number> {
  const { flags, style, host } = context;
  const limit = wholeNumber(flags, 'limit', 1) ?? (flags.is('json') === true ? Number.MAX_SAFE_INTEGER : 20);
  const store = openSessions(await context.config());
  const { sessions: shown, unreadable: damaged, left } = await store.page({ limit });
  if (flags.is('json') === true) {
    context.print(jsonText(shown, 2));
    return 0;
  }
  if (shown.length === 0 && damaged.length === 0) context.note('there is no session yet');
  const columns = columnsOf(host.stdout, 160);
  for (const session of shown) {
    const status = session.status === 'succeeded' ? style.good : session.status === 'failed' ? style.bad : style.warn;
    const facts = `${session.pipeline.id}, ${plural(session.tasksDone, 'task')}, ${formatBytes(session.bytes)}, ${formatAgo(host.now() - session.updatedAt)}`;
    context.print(`${style.bold(session.id)}  ${status(session.status.padEnd(11))}  ${style.dim(facts)}`);
    context.print(`    ${cutWidth(cleanLine(session.request), Math.max(10, columns - 5))}`);
  }
  if (left > 0) context.note(`${left} more: orc sessions list --limit ${shown.length + left}`);
  for (const { id, error } of damaged) {
    const advice = error.code === 'ERR_ORC_SESSION_CORRUPT' ? `orc sessions rm ${id} removes it` : (error.hint ?? '');
    context.note(`${id} can't be read: ${cleanLine(error.message)} — ${advice}`);
  }
  return 0;
}
