import type { Redis } from 'ioredis';

import type { QueueKeys } from './queue-keys.ts';

/** A worker that has lately said that it is alive. */
export interface RemoteWorkerInfo {
  /** Its name, unique. */
  readonly name: string;
  /** The machine. */
  readonly host: string;
  /** The process. */
  readonly pid: number;
  /** The tasks it knows. */
  readonly tasks: readonly string[];
  /** How many it runs at once. */
  readonly concurrency: number;
  /** How many it was running at its last beat. */
  readonly running: number;
}

/** Tells that a worker is alive, until `stop`. */
export interface Presence {
  /** Takes the sign of life away. */
  stop(): Promise<void>;
}

/** Says at once, and then every `intervalMs`, that a worker is alive. Redis forgets it after three silent beats. */
export async function announce(
  client: Redis,
  keys: QueueKeys,
  intervalMs: number,
  describe: () => RemoteWorkerInfo,
): Promise<Presence> {
  const { name } = describe();
  let stopped = false;
  let beating = false;
  const beat = async (): Promise<void> => {
    if (stopped || beating) return;
    beating = true;
    try {
      // The name goes into the index on every beat: a Redis that came back empty learns it again.
      await client
        .multi()
        .set(keys.worker(name), JSON.stringify(describe()), 'PX', intervalMs * 3)
        .sadd(keys.workers, name)
        .exec();
    } catch {
      // The next beat tries again.
    } finally {
      beating = false;
    }
  };
  await beat();
  const timer = setInterval(() => void beat(), intervalMs);
  timer.unref();
  return {
    async stop() {
      stopped = true;
      clearInterval(timer);
      // A Redis that is away forgets by itself.
      if (client.status !== 'ready') return;
      await client.multi().del(keys.worker(name)).srem(keys.workers, name).exec();
    },
  };
}

/** The workers that are alive, by name. */
export async function listWorkers(client: Redis, keys: QueueKeys): Promise<readonly RemoteWorkerInfo[]> {
  const names = (await client.smembers(keys.workers)).toSorted();
  if (names.length === 0) return [];
  const beats = await client.mget(names.map((name) => keys.worker(name)));
  const gone = names.filter((_name, index) => beats[index] === null);
  if (gone.length > 0) await client.srem(keys.workers, ...gone);
  return beats
    .filter((beat): beat is string => beat !== null && beat !== undefined)
    .map((beat) => JSON.parse(beat) as RemoteWorkerInfo);
}
