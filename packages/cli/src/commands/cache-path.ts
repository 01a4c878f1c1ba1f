import { cacheFolder } from '../engine/cache-folder.ts';
import type { CommandContext } from './context.ts';

/** `orc cache path`. */
export async function cachePath(context: CommandContext): Promise<number> {
  context.printExact(`${cacheFolder(await context.config())}\n`);
  return 0;
}
