import type { Redis } from 'ioredis';

import { fieldsOfWorker } from './job-seal.ts';
import { readWorker } from './messages.ts';
import type { QueueKeys } from './queue-keys.ts';
import type { Signer } from './signature.ts';

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
  /** What else it tells of itself: the text of its option `about`. */
  readonly about?: string | undefined;
}

/** The workers of a queue. */
export interface WorkerList {
  /** Those with the same secret as the one who asks, or like him without any. */
  readonly usable: readonly RemoteWorkerInfo[];
  /** How many sign with another secret, or not at all, or not rightly. */
  readonly unusable: number;
}

/** Tells that a worker is alive, until `stop`. */
export interface Presence {
  /** Takes the sign of life away. */
  stop(): Promise<void>;
}

/** What an announcement is made with. */
export interface AnnounceOptions {
  /** The connection. */
  readonly client: Redis;
  /** The queue's names. */
  readonly keys: QueueKeys;
  /** Signs it, where there is a secret. */
  readonly signer: Signer | undefined;
  /** Milliseconds between two signs of life. */
  readonly intervalMs: number;
  /** What to tell. */
  readonly describe: () => RemoteWorkerInfo;
}

/** Says at once, and then every `intervalMs`, that a worker is alive. Redis forgets it after three silent beats. */
export async function announce({ client, keys, signer, intervalMs, describe }: AnnounceOptions): Promise<Presence> {
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
        .set(keys.worker(name), textOf(describe(), keys, signer), 'PX', intervalMs * 3)
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

// A list that anybody can write to must not grow without end.
const mostWorkers = 1000;

/** The workers that are alive, by name. */
export async function listWorkers(client: Redis, keys: QueueKeys, signer: Signer | undefined): Promise<WorkerList> {
  const names = (await client.smembers(keys.workers).catch(noNames)).toSorted().slice(0, mostWorkers);
  if (names.length === 0) return { usable: [], unusable: 0 };
  const beats = await client.mget(names.map((name) => keys.worker(name)));
  const gone = names.filter((_name, index) => beats[index] === null);
  if (gone.length > 0) await client.srem(keys.workers, ...gone);
  const usable: RemoteWorkerInfo[] = [];
  let unusable = 0;
  for (const [index, beat] of beats.entries()) {
    if (beat === null) continue;
    const worker = readWorker(beat);
    if (worker === undefined || worker.info.name !== names[index]) continue;
    const { info, secretId, mac } = worker;
    const fits =
      signer === undefined
        ? secretId === undefined
        : signer.id === secretId && signer.verify('worker', fieldsOfWorker(scopeOf(keys), info), mac);
    if (fits) usable.push(info);
    else unusable += 1;
  }
  return { usable, unusable };
}

// What is no set any more names nobody.
function noNames(error: unknown): string[] {
  if (error instanceof Error && error.name === 'ReplyError') return [];
  throw error;
}

function textOf(info: RemoteWorkerInfo, keys: QueueKeys, signer: Signer | undefined): string {
  if (signer === undefined) return JSON.stringify(info);
  const mac = signer.sign('worker', fieldsOfWorker(scopeOf(keys), info));
  return JSON.stringify({ ...info, secretId: signer.id, mac });
}

function scopeOf({ prefix, queue }: QueueKeys): string {
  return `${prefix}:${queue}`;
}
