import type { TieredCache } from '@orc/cache';
import type { FileTier } from '@orc/cache/file';
import type { Scheduler } from '@orc/scheduler';

import type { KeyMemory } from '../key/key-memory.ts';
import type { SessionStore } from '../session/session-port.ts';
import type { CachedOutput } from './cached-output.ts';
import type { ResolvedOrchestratorOptions } from './options.ts';
import type { Registry } from './registry.ts';
import type { RemoteSlots } from './remote-slots.ts';
import type { SharedWork } from './shared-work.ts';

/** What the runs of one orchestrator share. */
export interface Engine {
  readonly options: ResolvedOrchestratorOptions;
  /** The most tasks at once, resolved. */
  readonly workers: number;
  readonly cache: TieredCache<CachedOutput> | undefined;
  /** The cache's folder, where it has one. */
  readonly cacheFolder: FileTier | undefined;
  /** Whether the cache has tiers besides memory. */
  readonly slowTiers: boolean;
  readonly scheduler: Scheduler;
  /** Makes room for what other machines take, where there is a broker and the number of workers is left open. */
  readonly remoteSlots: RemoteSlots | undefined;
  readonly sessions: SessionStore | undefined;
  readonly keyMemory: KeyMemory;
  /** Who waits for work that several runs want. */
  readonly sharedWork: SharedWork;
  /** What the cache has had to go without so far, for runs that start later. */
  readonly cacheTrouble: Map<'cache' | 'tier', string>;
  /** Told when the cache has to go without something; for runs that are under way. */
  readonly cacheWatchers: Registry<(what: 'cache' | 'tier', message: string) => void>;
}
