import { Queue, QueueEvents } from 'bullmq';

import { openBroker, settledWithin } from './connection.ts';
import type { Broker, BrokerConnection } from './connection.ts';
import { parseJson, readJobReport } from './messages.ts';
import { payloadStore } from './payload.ts';
import type { PayloadStore } from './payload.ts';
import type { QueueKeys } from './queue-keys.ts';
import type { JobReport } from './wire.ts';

/** What the queue tells a coordinator. */
export interface LinkListener {
  /** A job ended well. */
  completed(jobId: string, value: unknown): void;
  /** A job failed. */
  failed(jobId: string): void;
  /** A worker tells something about a running job. */
  report(jobId: string, report: JobReport): void;
}

/** Where a job stands. */
export type JobStanding =
  | { readonly state: 'missing' | 'pending' }
  | { readonly state: 'completed'; readonly value: unknown }
  | { readonly state: 'failed'; readonly reason: string };

/** Options of {@link openLink}. */
export interface LinkOptions {
  /** Where Redis is. */
  readonly connection: BrokerConnection;
  /** The queue's names. */
  readonly keys: QueueKeys;
  /** Milliseconds to reach Redis. */
  readonly connectTimeoutMs: number;
  /** What fits in a job's record. */
  readonly inlineBytes: number;
  /** The most bytes of one value. */
  readonly maxBytes: number;
  /** How long records and payloads stay. */
  readonly keepMs: number;
}

/** A coordinator's connections to one queue: one for commands, one that listens. */
export interface CoordinatorLink {
  /** The connection. */
  readonly broker: Broker;
  /** Large values. */
  readonly payloads: PayloadStore;
  /** Adds a job; an id that is there already is left as it is. */
  add(jobId: string, task: string, data: object, priority: number): Promise<void>;
  /** Where a job stands. */
  standing(jobId: string): Promise<JobStanding>;
  /** Removes a job that no worker holds; tells whether it is gone. */
  remove(jobId: string): Promise<boolean>;
  /** Closes both connections, within a bounded time also when Redis is away. */
  close(): Promise<void>;
}

const eventsKept = 5000;
const closeTimeoutMs = 1000;
// The middle of BullMQ's range, so that there is room on both sides.
const middlePriority = 2 ** 20;

/** Connects a coordinator. */
export async function openLink(options: LinkOptions, listener: LinkListener): Promise<CoordinatorLink> {
  const { keys, keepMs } = options;
  const broker = await openBroker(options.connection, options.connectTimeoutMs);
  const { client } = broker;
  // BullMQ prints warnings when it checks the version.
  const shared = { connection: client, prefix: keys.prefix, skipVersionCheck: true };
  const queue = new Queue(keys.broker, { ...shared, streams: { events: { maxLen: eventsKept } } });
  queue.on('error', ignore);
  // From the last event that there is: with "from now on", what happens between two reads would be lost.
  const last = await client.xrevrange(queue.toKey('events'), '+', '-', 'COUNT', 1);
  const events = new QueueEvents(keys.broker, { ...shared, lastEventId: last[0]?.[0] ?? '0-0' });
  events.on('error', ignore);
  events.on('completed', ({ jobId, returnvalue }) => listener.completed(jobId, returnvalue));
  events.on('failed', ({ jobId }) => listener.failed(jobId));
  events.on('progress', ({ jobId, data }) => {
    const report = readJobReport(data);
    if (report !== undefined) listener.report(jobId, report);
  });
  await queue.waitUntilReady();
  const backend = queue.getBackend();
  const ageSeconds = Math.max(1, Math.ceil(keepMs / 1000));
  const kept = { removeOnComplete: { age: ageSeconds }, removeOnFail: { age: ageSeconds } };
  return {
    broker,
    payloads: payloadStore(client, options),
    async add(jobId, task, data, priority) {
      // BullMQ runs low numbers first, and numbered jobs after all that have none: so every job gets one.
      const number = Math.min(2 * middlePriority - 1, Math.max(1, middlePriority - Math.round(priority)));
      await queue.add(task, data, { jobId, priority: number, attempts: 1, ...kept });
    },
    async standing(jobId) {
      const answer = await backend.isFinished(jobId, true).catch(notAJob);
      const [status, text] = Array.isArray(answer) ? answer : [answer, ''];
      if (status === 1) return { state: 'completed', value: parseJson(text) };
      if (status === 2) return { state: 'failed', reason: text };
      return { state: status === 0 ? 'pending' : 'missing' };
    },
    async remove(jobId) {
      return (await queue.remove(jobId)) === 1;
    },
    async close() {
      await settledWithin(closeTimeoutMs, events.close());
      await settledWithin(closeTimeoutMs, queue.close());
      broker.end();
    },
  };
}

// A key that is no job any more is as good as none.
function notAJob(error: unknown): -1 {
  if (error instanceof Error && error.name === 'ReplyError') return -1;
  throw error;
}

function ignore(): void {
  // Connection errors are told by the commands that wait, and by the runner's own watch.
}
