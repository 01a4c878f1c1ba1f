import { findSession, openSessions } from '../engine/sessions.ts';
import type { CommandContext } from './context.ts';

/** `orc sessions rm <id…>`. */
export async function sessionsRemove(context: CommandContext): Promise<number> {
  const store = openSessions(await context.config());
  // All are looked up before the first is removed.
  const found = [];
  for (const name of context.words) found.push(await findSession(store, name));
  for (const { id } of found) {
    await store.remove(id);
    context.note(`removed ${id}`);
  }
  return 0;
}
