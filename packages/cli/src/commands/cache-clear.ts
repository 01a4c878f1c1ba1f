import { openFileTier } from '../engine/cache-folder.ts';
import { formatBytes, plural } from '../output/format.ts';
import type { CommandContext } from './context.ts';

/** `orc cache clear`. */
export async function cacheClear(context: CommandContext): Promise<number> {
  const tier = openFileTier(await context.config());
  try {
    const { entries, bytes } = await tier.stats();
    await tier.clear();
    context.note(
      `removed ${plural(entries, 'entry', 'entries')}, ${formatBytes(bytes)}; sessions keep their own results`,
    );
    return 0;
  } finally {
    await tier.close();
  }
}
