import type { PortableValue } from '../portable-value.ts';
import type { SerializedError } from '../serialize-error.ts';
import type { Packed } from './payload.ts';
import type { RemoteWorkerInfo } from './presence.ts';
import type { CancelMessage, FailureText, JobData, JobReport, JobReturn, SignedWorkerInfo } from './wire.ts';

// Whoever can write to Redis writes what these read. A message of another shape is none.

type Fields = Readonly<Record<string, unknown>>;

const longestName = 512;
const longestId = 16_384;
const longestAbout = 65_536;
const longestTimeout = 2_147_483_647;
const mostTasks = 4096;
const mostAtOnce = 4096;
const deepestError = 16;

/** A text as JSON; `undefined` for anything that is no JSON. */
export function parseJson(text: unknown): unknown {
  if (typeof text !== 'string') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** What a job carries to a worker. */
export function readJobData(value: unknown): JobData | undefined {
  const fields = fieldsOf(value);
  if (fields?.['v'] !== 2) return undefined;
  const { id, attempt, timeoutMs, progress, until, mac } = fields;
  const input = readPacked(fields['input']);
  if (input === undefined || !isId(id) || !isCount(attempt, 1) || typeof progress !== 'boolean') return undefined;
  if (!isOptional(timeoutMs, isTimeout) || !isOptional(until, isTime) || !isOptional(mac, isName)) return undefined;
  return {
    v: 2,
    id,
    input,
    attempt,
    progress,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(until === undefined ? {} : { until }),
    ...(mac === undefined ? {} : { mac }),
  };
}

/** What a worker gives back. */
export function readJobReturn(value: unknown): JobReturn | undefined {
  const fields = fieldsOf(value);
  const packed = readPacked(fields?.['value']);
  if (fields === undefined || packed === undefined) return undefined;
  const { worker, threadId, mac } = fields;
  if (!isName(worker) || !isOptional(threadId, isThread) || !isOptional(mac, isName)) return undefined;
  return {
    value: packed,
    worker,
    ...(threadId === undefined ? {} : { threadId }),
    ...(mac === undefined ? {} : { mac }),
  };
}

/** What a worker tells while a job runs. */
export function readJobReport(value: unknown): JobReport | undefined {
  const fields = fieldsOf(value);
  if (fields === undefined || !isOptional(fields['mac'], isName)) return undefined;
  const { worker, count, mac } = fields;
  const signed = mac === undefined ? {} : { mac };
  if (fields['k'] === 'cancelling') return isName(worker) ? { k: 'cancelling', worker, ...signed } : undefined;
  if (fields['k'] !== 'progress' || !isCount(count, 1)) return undefined;
  const packed = readPacked(fields['value']);
  return packed === undefined ? undefined : { k: 'progress', count, value: packed, ...signed };
}

/** The text that BullMQ keeps of a failure, when one of our workers wrote it. */
export function readFailure(text: string): FailureText | undefined {
  if (!text.startsWith('{')) return undefined;
  const fields = fieldsOf(parseJson(text));
  if (fields?.['orc'] !== 1) return undefined;
  const { worker, ended, mac } = fields;
  const error = readPacked(fields['error']);
  if (error === undefined || !isName(worker) || !isOptional(mac, isName)) return undefined;
  if (ended !== undefined && ended !== 'cancelled' && ended !== 'refused') return undefined;
  return {
    orc: 1,
    worker,
    error,
    ...(ended === undefined ? {} : { ended }),
    ...(mac === undefined ? {} : { mac }),
  };
}

/** What a coordinator publishes to cancel a job. */
export function readCancel(text: string): CancelMessage | undefined {
  const fields = fieldsOf(parseJson(text));
  const reason = readError(fields?.['reason']);
  if (fields === undefined || reason === undefined) return undefined;
  const { jobId, mac } = fields;
  if (!isName(jobId) || !isOptional(mac, isName)) return undefined;
  return { jobId, reason, ...(mac === undefined ? {} : { mac }) };
}

/** What a worker says of itself. */
export function readWorker(text: string): SignedWorkerInfo | undefined {
  const fields = fieldsOf(parseJson(text));
  if (fields === undefined) return undefined;
  const { name, host, pid, tasks, concurrency, running, about, secretId, mac } = fields;
  if (!isName(name) || !isName(host) || !isCount(pid, 0)) return undefined;
  if (!isCount(concurrency, 1) || concurrency > mostAtOnce || !isCount(running, 0)) return undefined;
  if (!Array.isArray(tasks) || tasks.length > mostTasks || !tasks.every(isName)) return undefined;
  if (!isOptional(about, isAbout) || !isOptional(secretId, isName) || !isOptional(mac, isName)) return undefined;
  const info: RemoteWorkerInfo = {
    name,
    host,
    pid,
    tasks,
    concurrency,
    running,
    ...(about === undefined ? {} : { about }),
  };
  return { info, ...(secretId === undefined ? {} : { secretId }), ...(mac === undefined ? {} : { mac }) };
}

/** A thrown value as it was serialized. */
export function readError(value: unknown, depth = 0): SerializedError | undefined {
  const fields = fieldsOf(value);
  if (fields === undefined || depth > deepestError) return undefined;
  const { kind, name, message, stack, data } = fields;
  if ((kind !== 'error' && kind !== 'value') || !isName(name) || !isText(message)) return undefined;
  if (!isOptional(stack, isText)) return undefined;
  const cause = fields['cause'] === undefined ? undefined : readError(fields['cause'], depth + 1);
  const { errors } = fields;
  const list = Array.isArray(errors) ? errors.map((one) => readError(one, depth + 1)) : [];
  const whole = list.filter((one) => one !== undefined);
  return {
    kind,
    name,
    message,
    ...(stack === undefined ? {} : { stack }),
    ...(cause === undefined ? {} : { cause }),
    ...(Array.isArray(errors) ? { errors: whole } : {}),
    ...(data === undefined ? {} : { data: data as PortableValue }),
  };
}

function readPacked(value: unknown): Packed | undefined {
  const fields = fieldsOf(value);
  if (fields === undefined) return undefined;
  const { t, v, of, key, bytes, sha256 } = fields;
  if (t === 'u') return { t };
  if (t === 'j') return v === undefined ? undefined : { t, v };
  if (t === 'c') return isText(v) ? { t, v } : undefined;
  if (t !== 'r' || (of !== 'j' && of !== 'c') || !isText(key) || !isCount(bytes, 0) || !isText(sha256))
    return undefined;
  return { t, of, key, bytes, sha256 };
}

function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length <= longestName;
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value.length <= longestId;
}

function isAbout(value: unknown): value is string {
  return typeof value === 'string' && value.length <= longestAbout;
}

function isCount(value: unknown, least: number): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= least;
}

function isThread(value: unknown): value is number {
  return isCount(value, 0);
}

function isTime(value: unknown): value is number {
  return isCount(value, 0);
}

function isTimeout(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= longestTimeout;
}

function isOptional<T>(value: unknown, check: (value: unknown) => value is T): value is T | undefined {
  return value === undefined || check(value);
}
