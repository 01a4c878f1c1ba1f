import type { JournalRecord, OtherRecord } from './journal-record.ts';

type Members = Readonly<Record<string, unknown>>;

/** The last moment that a `Date` knows, in milliseconds since the epoch. */
export const lastTime = 8_640_000_000_000_000;

/**
 * The record that a line's JSON is, or `undefined` where it is none. By hand, and not by a schema of the library that checks the other files: a
 * journal has one line for each task, and the check of a line must cost less than its parsing.
 */
export function checkRecord(value: unknown): JournalRecord | OtherRecord | undefined {
  if (!isMembers(value) || !isTime(value['at'])) return undefined;
  const { type } = value;
  switch (type) {
    case 'task':
      return isTask(value) ? (value as unknown as JournalRecord) : undefined;
    case 'header':
      return isText(value['schema']) && isText(value['session']) ? (value as unknown as JournalRecord) : undefined;
    case 'open':
      return { type, at: value['at'] };
    case 'note':
      return isText(value['name']) && isMembers(value['data']) ? (value as unknown as JournalRecord) : undefined;
    case 'end':
      return isEnd(value) ? (value as unknown as JournalRecord) : undefined;
    default:
      return typeof type === 'string' ? { type: 'other', at: value['at'] } : undefined;
  }
}

const sources = new Set<unknown>(['executed', 'cache', 'shared', 'journal', 'speculation']);
const ends = new Set<unknown>(['succeeded', 'failed', 'cancelled']);

function isTask(value: Members): boolean {
  const { status, outputFile, outputText, threadId, worker, usage, costUsd, files, artifacts } = value;
  return (
    isText(value['task']) &&
    isText(value['phase']) &&
    isText(value['keyDigest']) &&
    isText(value['outputDigest']) &&
    (status === 'fulfilled' || status === 'skipped') &&
    sources.has(value['source']) &&
    isAmount(value['durationMs']) &&
    isCount(value['attempts']) &&
    (outputFile === undefined ? value['output'] !== undefined : isDigest(outputFile)) &&
    (outputText === undefined || typeof outputText === 'boolean') &&
    (threadId === undefined || isCount(threadId)) &&
    (worker === undefined || isText(worker)) &&
    (usage === undefined || isUsage(usage)) &&
    (costUsd === undefined || costUsd === null || isAmount(costUsd)) &&
    (files === undefined || (isMembers(files) && Object.values(files).every(isText))) &&
    (artifacts === undefined || (Array.isArray(artifacts) && artifacts.every(isArtifact)))
  );
}

function isEnd(value: Members): boolean {
  const { error } = value;
  return ends.has(value['status']) && isCount(value['tasks']) && (error === undefined || isMembers(error));
}

function isUsage(value: unknown): boolean {
  if (!isMembers(value)) return false;
  return isAmount(value['inputTokens']) && isAmount(value['cachedInputTokens']) && isAmount(value['outputTokens']);
}

function isArtifact(value: unknown): boolean {
  if (!isMembers(value)) return false;
  return isText(value['path']) && isCount(value['bytes']) && isDigest(value['sha256']);
}

/** Whether a value is an object with members. */
export function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value is a moment, in milliseconds since the epoch. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= lastTime;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isAmount(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER;
}

function isDigest(value: unknown): boolean {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}
