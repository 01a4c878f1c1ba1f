import type { FileEntry } from '@orc/cache/file';
import stringWidth from 'string-width';

import { openFileTier } from '../engine/cache-folder.ts';
import { cleanLine } from '../output/clean.ts';
import { columnsOf } from '../output/columns.ts';
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
    const columns = columnsOf(host.stdout, Number.POSITIVE_INFINITY);
    for (const entry of shown) {
      const what =
        typeof entry.meta?.['task'] === 'string'
          ? `${JSON.stringify(entry.meta['pipeline'] ?? '').replaceAll('"', '')}/${entry.meta['task']}`
          : entry.meta?.['keys'] === true
            ? 'the keys that a request needs first'
            : entry.key;
      // The hour of a day that is far off tells nobody anything.
      const digits = entry.expiresAt - host.now() > 2 * 24 * 3_600_000 ? 10 : 16;
      const expires = Number.isFinite(entry.expiresAt)
        ? `expires ${new Date(entry.expiresAt).toISOString().slice(0, digits).replace('T', ' ')}`
        : 'never expires';
      const head = `${style.dim(entry.key.slice(0, 12))}  ${formatBytes(entry.bytes).padStart(9)}  `;
      const facts = `used ${formatAgo(host.now() - entry.usedAt)}, ${expires}`;
      const name = cleanLine(what);
      // Beside the name where there is room for both.
      if (stringWidth(head + name) + 2 + facts.length < columns) context.print(`${head}${name}  ${style.dim(facts)}`);
      else {
        context.print(`${head}${name}`);
        context.print(`${' '.repeat(stringWidth(head))}${style.dim(facts)}`);
      }
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
