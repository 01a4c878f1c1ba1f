import type { FileEntry } from '@orc/cache/file';

import { openFileTier } from '../engine/cache-folder.ts';
import { cleanLine } from '../output/clean.ts';
import { formatAgo, formatBytes, plural } from '../output/format.ts';
import { wholeNumber } from '../run/run-options.ts';
import type { CommandContext } from './context.ts';
import { jsonText } from '../output/json.ts';

/** `orc cache ls`. */
export async function cacheList(context: CommandContext): Promise<number> {
  const { flags, host, style } = context;
  const limit = wholeNumber(flags, 'limit', 1) ?? (flags.is('json') === true ? Number.MAX_SAFE_INTEGER : 50);
  const phase = flags.text('phase');
  const tier = openFileTier(await context.config());
  try {
    const entries: FileEntry[] = [];
    for await (const entry of tier.entries())
      if (phase === undefined || entry.meta?.['phase'] === phase) entries.push(entry);
    entries.sort((a, b) => b.usedAt - a.usedAt);
    const shown = entries.slice(0, limit);
    if (flags.is('json') === true) {
      context.print(
        jsonText(
          shown.map((entry) => ({ ...entry, expiresAt: Number.isFinite(entry.expiresAt) ? entry.expiresAt : null })),
          2,
        ),
      );
      return 0;
    }
    for (const entry of shown) {
      const what =
        typeof entry.meta?.['task'] === 'string'
          ? `${JSON.stringify(entry.meta['pipeline'] ?? '').replaceAll('"', '')}/${entry.meta['task']}`
          : entry.meta?.['keys'] === true
            ? 'the keys that a request needs first'
            : entry.key;
      const expires = Number.isFinite(entry.expiresAt)
        ? `expires ${new Date(entry.expiresAt).toISOString().slice(0, 16)}`
        : 'never expires';
      context.print(
        `${style.dim(entry.key.slice(0, 12))}  ${formatBytes(entry.bytes).padStart(9)}  ${cleanLine(what)}  ${style.dim(`used ${formatAgo(host.now() - entry.usedAt)}, ${expires}`)}`,
      );
    }
    if (entries.length === 0) context.note('the cache holds nothing');
    else if (shown.length < entries.length)
      context.note(
        `${plural(entries.length - shown.length, 'more entry', 'more entries')}: orc cache ls --limit ${entries.length}`,
      );
    return 0;
  } finally {
    await tier.close();
  }
}
