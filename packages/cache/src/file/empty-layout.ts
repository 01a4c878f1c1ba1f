import { rename, rm } from 'node:fs/promises';

import { ignore } from '../maybe-promise.ts';
import { temporaryIn } from './atomic-write.ts';
import { type Layout, makeFolder } from './layout.ts';

/**
 * Empties a layout in one step: its entries are moved aside as they are, and removed after that. To remove them where they
 * are would take as long as there are many, and never end where others keep writing.
 */
export async function emptyLayout(layout: Layout): Promise<{ readonly removed: Promise<void> }> {
  const aside = temporaryIn(layout.temporary);
  let removed: Promise<void> = Promise.resolve();
  try {
    await rename(layout.entries, aside);
    // What cannot be removed now is removed by a sweep.
    removed = rm(aside, { recursive: true, force: true }).catch(ignore);
  } catch {
    // On Windows a folder in which a file is open cannot be moved.
    await rm(layout.entries, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
  }
  makeFolder(layout.entries);
  return { removed };
}
