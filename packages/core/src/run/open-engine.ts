import { TieredCache, type Tier } from '@orc/cache';
import { fileTier, type FileTier } from '@orc/cache/file';
import { availableCores, Scheduler } from '@orc/scheduler';

import { errorInfo } from '../errors.ts';
import { KeyMemory } from '../key/key-memory.ts';
import { createSessionStore } from '../session/session-store.ts';
import type { CachedOutput } from './cached-output.ts';
import type { Engine } from './engine.ts';
import type { ResolvedOrchestratorOptions } from './options.ts';
import { Registry } from './registry.ts';
import { RemoteSlots } from './remote-slots.ts';
import { SharedWork } from './shared-work.ts';

const week = 7 * 24 * 3_600_000;
const folderBytes = 256 * 1024 * 1024;

/** Opens what the runs of an orchestrator share. A cache folder that can't be used is said, and gone without. */
export function openEngine(options: ResolvedOrchestratorOptions): Engine {
  const { maxWorkers, bufferSize, clock, random, dataDir, hostname, pid, optimized, remote } = options;
  const cacheTrouble: Engine['cacheTrouble'] = new Map();
  const cacheWatchers: Engine['cacheWatchers'] = new Registry();
  const trouble = (what: 'cache' | 'tier', message: string): void => {
    cacheTrouble.set(what, message);
    for (const watcher of cacheWatchers.entries) watcher(what, message);
  };
  const cacheOptions = optimized ? options.cache : false;
  const cacheFolder = cacheOptions === false ? undefined : openFolder(cacheOptions.file ?? false, options, trouble);
  const tiers: Tier[] = [];
  if (cacheFolder !== undefined) tiers.push(cacheFolder);
  if (cacheOptions !== false) tiers.push(...(cacheOptions.tiers ?? []));
  const workers = maxWorkers === 0 ? availableCores() * 2 : maxWorkers;
  const scheduler = new Scheduler({ maxWorkers, bufferSize, clock, random });
  return {
    options,
    workers,
    cache:
      cacheOptions === false
        ? undefined
        : new TieredCache<CachedOutput>({
            memory: { ttl: cacheOptions.ttl ?? 1_800_000, maxSize: cacheOptions.maxSize ?? 1000 },
            tiers: tiers,
            clock,
            onEvent: (event) => {
              if (event.type === 'tier-close') cacheTrouble.delete(event.tier === 'file' ? 'cache' : 'tier');
              if (event.type !== 'tier-error' && event.type !== 'tier-open') return;
              if (event.tier === 'file') trouble('cache', folderMessage);
              else trouble('tier', `The cache tier ${event.tier} can not be reached; the run goes on without it`);
            },
          }),
    cacheFolder,
    slowTiers: tiers.length > 0,
    scheduler,
    remoteSlots:
      remote === undefined || maxWorkers !== 0 ? undefined : new RemoteSlots(remote, scheduler, workers, clock),
    sessions: dataDir === false ? undefined : createSessionStore({ dataDir, clock, random, hostname, pid }),
    keyMemory: new KeyMemory(),
    sharedWork: new SharedWork(),
    cacheTrouble,
    cacheWatchers,
  };
}

const folderMessage = 'The cache folder can not be used; results are kept in memory alone';

function openFolder(
  file: Exclude<ResolvedOrchestratorOptions['cache'], false>['file'],
  options: ResolvedOrchestratorOptions,
  trouble: (what: 'cache', message: string) => void,
): FileTier | undefined {
  if (file === false || file === undefined) return undefined;
  const { dir, ttl = week, maxBytes = folderBytes } = file;
  try {
    return fileTier({ dir, ttl, maxBytes, clock: options.clock });
  } catch (error) {
    if (errorInfo(error).code !== 'ERR_CACHE_DIR') throw error;
    trouble('cache', folderMessage);
    return undefined;
  }
}
