import { createHash } from 'node:crypto';

import { expected } from '../expected.ts';

/** The Redis names that belong to one queue. */
export interface QueueKeys {
  /** The queue's name. */
  readonly queue: string;
  /** The queue's name in Redis: those who sign with the same secret have one of their own, so that nobody is handed what he may not do. */
  readonly broker: string;
  /** What every key starts with. */
  readonly prefix: string;
  /** The set of the names of workers that have shown themselves, whatever their secret. */
  readonly workers: string;
  /** The channel on which coordinators cancel. */
  readonly cancel: string;
  /** The channel on which coordinators say why they can't use the workers there are. */
  readonly notices: string;
  /** A worker's sign of life. */
  worker(name: string): string;
  /** A payload that is too large for the job's record. */
  payload(jobId: string, part: string): string;
}

/** Checks a queue's name and prefix, and names what belongs to it; `secretId` names the secret of those who sign. */
export function queueKeys(queue: string, prefix: string, secretId?: string): QueueKeys {
  if (typeof queue !== 'string' || queue === '' || queue.includes(':'))
    throw expected('queue', "a name without ':'", queue);
  if (typeof prefix !== 'string' || prefix === '') throw expected('prefix', 'a non-empty string', prefix);
  const broker = secretId === undefined ? queue : `${queue}-signed-${secretId}`;
  // BullMQ's keys of this queue are `prefix:queue:word` and `prefix:queue:jobId`; a second colon keeps ours apart.
  const open = `${prefix}:${queue}:orc`;
  const own = `${prefix}:${broker}:orc`;
  return {
    queue,
    broker,
    prefix,
    workers: `${open}:workers`,
    notices: `${open}:notices`,
    worker: (name) => `${open}:worker:${name}`,
    cancel: `${own}:cancel`,
    payload: (jobId, part) => `${own}:payload:${jobId}:${part}`,
  };
}

/**
 * The job id of a task id: the same for the same task on every machine. BullMQ refuses colons and whole numbers, so
 * the id is a readable part and a digest.
 */
export function jobIdOf(taskId: string): string {
  const readable = taskId.replaceAll(/[^A-Za-z0-9._-]+/g, '_').slice(0, 64);
  return `${readable}-${createHash('sha256').update(taskId).digest('hex').slice(0, 32)}`;
}
