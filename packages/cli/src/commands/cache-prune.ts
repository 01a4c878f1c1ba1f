import { openFileTier } from '../engine/cache-folder.ts';
import { formatBytes, plural } from '../output/format.ts';
import type { CommandContext } from './context.ts';
import { jsonText } from '../output/json.ts';

/** `orc cache prune`. */
export async function cachePrune(context: CommandContext): Promise<number> {
  const tier = openFileTier(await context.config());
  try {
    const { removed, bytes } = await tier.prune();
    if (context.flags.is('json') === true) context.print(jsonText({ removed, bytes }));
    else context.note(`removed ${plural(removed, 'entry', 'entries')}, ${formatBytes(bytes)}`);
    return 0;
  } finally {
    await tier.close();
  }
}
