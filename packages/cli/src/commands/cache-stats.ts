import { cacheFolder, openFileTier } from '../engine/cache-folder.ts';
import { showPath } from '../config/paths.ts';
import { writeDuration, writeSize } from '../config/units.ts';
import { columnsOf } from '../output/columns.ts';
import { hanging } from '../output/fold.ts';
import { formatAgo, formatBytes, formatCount } from '../output/format.ts';
import type { CommandContext } from './context.ts';
import { jsonText } from '../output/json.ts';

/** `orc cache stats`. */
export async function cacheStats(context: CommandContext): Promise<number> {
  const config = await context.config();
  const { settings } = config;
  const tier = openFileTier(config);
  try {
    const stats = await tier.stats();
    const phases = new Map<string, number>();
    for await (const { meta } of tier.entries()) {
      const phase =
        typeof meta?.['phase'] === 'string' ? meta['phase'] : meta?.['keys'] === true ? 'lists of keys' : 'other';
      phases.set(phase, (phases.get(phase) ?? 0) + 1);
    }
    const dir = cacheFolder(config);
    const maxBytes = settings['performance.cache.file.max_bytes'];
    if (context.flags.is('json') === true) {
      context.print(
        jsonText(
          {
            dir,
            ...stats,
            maxBytes,
            ttlMs: settings['performance.cache.file.ttl'],
            memory: { maxSize: settings['performance.cache.max_size'], ttlMs: settings['performance.cache.ttl'] },
            phases: Object.fromEntries(phases),
          },
          2,
        ),
      );
      return 0;
    }
    const columns = columnsOf(context.host.stdout, Number.POSITIVE_INFINITY);
    const row = (name: string, text: string): void =>
      context.print(hanging(`${context.style.accent(name.padEnd(9))} `, text, columns));
    row('folder', showPath(context.host, dir));
    row('entries', formatCount(stats.entries));
    row(
      'bytes',
      `${formatBytes(stats.bytes)} of ${writeSize(maxBytes)} (${Math.round((stats.bytes / maxBytes) * 100)} %)`,
    );
    row(
      'kept for',
      `${writeDuration(settings['performance.cache.file.ttl'])} in files; ${writeDuration(settings['performance.cache.ttl'])} and ${formatCount(settings['performance.cache.max_size'])} results in memory`,
    );
    if (stats.corrupt > 0) row('corrupt', `${stats.corrupt} set aside`);
    if (stats.sweptAt !== undefined) row('swept', formatAgo(context.host.now() - stats.sweptAt));
    const top = [...phases].toSorted((a, b) => b[1] - a[1]);
    if (top.length > 0) row('phases', top.map(([phase, count]) => `${phase} ${formatCount(count)}`).join(', '));
    return 0;
  } finally {
    await tier.close();
  }
}
