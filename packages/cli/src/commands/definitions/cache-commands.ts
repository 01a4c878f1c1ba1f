import { otherFlags } from '../../args/other-flags.ts';
import { planFlags } from '../../args/run-flags.ts';
import type { CommandSpec } from '../command-spec.ts';

/** The commands about the cache. */
export const cacheCommands: readonly CommandSpec[] = [
  {
    name: 'cache stats',
    usage: '',
    words: [0, 0],
    summary: 'show how full the cache is',
    flags: [otherFlags.json],
    examples: [['orc cache stats', 'entries, bytes, limits, folder']],
    load: async () => (await import('../cache-stats.ts')).cacheStats,
  },
  {
    name: 'cache ls',
    usage: '',
    words: [0, 0],
    summary: 'list the cached results, the last used first',
    flags: [otherFlags.json, otherFlags.limit, otherFlags.phase],
    examples: [['orc cache ls --phase scene', 'the cached scenes']],
    load: async () => (await import('../cache-ls.ts')).cacheList,
  },
  {
    name: 'cache explain',
    usage: '<request> [phase]',
    words: [1, 2],
    summary: 'tell why a phase hits or misses: which part of its key differs',
    flags: [...planFlags, otherFlags.json],
    examples: [
      [
        'orc cache explain "A story about rain" premise',
        'which part of the key of `premise` differs from the nearest earlier entry',
      ],
    ],
    load: async () => (await import('../cache-explain.ts')).cacheExplain,
  },
  {
    name: 'cache prune',
    usage: '',
    words: [0, 0],
    summary: 'remove what is expired or beyond the limits',
    flags: [otherFlags.json],
    examples: [['orc cache prune', 'tidies up now instead of in the background']],
    load: async () => (await import('../cache-prune.ts')).cachePrune,
  },
  {
    name: 'cache clear',
    usage: '',
    words: [0, 0],
    summary: 'remove every cached result',
    flags: [],
    examples: [['orc cache clear', 'the next run starts from nothing']],
    load: async () => (await import('../cache-clear.ts')).cacheClear,
  },
  {
    name: 'cache path',
    usage: '',
    words: [0, 0],
    summary: 'print the folder of the cache',
    flags: [],
    examples: [['du -sh "$(orc cache path)"', 'its size on disk']],
    load: async () => (await import('../cache-path.ts')).cachePath,
  },
];
