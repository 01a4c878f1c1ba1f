import { findSession, openSessions, pick } from '../engine/sessions.ts';
import type { CommandContext } from './context.ts';

/** `orc sessions rm <id…>`. */
export async function sessionsRemove(context: CommandContext): Promise<number> {
  const store = openSessions(await context.config());
  const all = (await store.ids()).map((id) => ({ id }));
  // All are looked up before the first is removed.
  const found = new Set<string>();
  for (const name of context.words) {
    const one = name === 'latest' ? undefined : pick(all, name);
    found.add((one ?? (await findSession(store, name))).id);
  }
  for (const id of found) {
    await store.remove(id);
    context.note(`removed ${id}`);
  }
  return 0;
}
