import type { ErrorInfo, OrcEvent } from '@orc/core';

import { cleanLine } from './clean.ts';
import { formatBytes, formatCost, formatDuration, formatShort, plural } from './format.ts';

/** How severe a message is. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** An event in words. */
export interface LogRecord {
  /** How severe it is. */
  readonly level: LogLevel;
  /** When, in milliseconds since the epoch. */
  readonly at: number;
  /** Milliseconds since the run started. */
  readonly elapsedMs: number;
  /** What it is about: a phase, or `run`. */
  readonly subject: string;
  /** The words. */
  readonly message: string;
  /** The event's name. */
  readonly event: string;
  /** The data, for the JSON log. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** An event in words; `undefined` for what no log needs. */
export function describeEvent(event: OrcEvent): LogRecord | undefined {
  const { type, at, elapsedMs, ...fields } = event;
  const record = (level: LogLevel, subject: string, message: string): LogRecord => ({
    level,
    at,
    elapsedMs,
    subject,
    message: cleanLine(message),
    event: type,
    fields,
  });
  switch (event.type) {
    case 'run-start': {
      const { name, workers, reason } = event.strategy;
      const restored = event.restored > 0 ? `, ${plural(event.restored, 'task')} done before` : '';
      return record(
        'info',
        'run',
        `${event.resumed ? 'resumed' : 'session'} ${event.sessionId}: ${event.pipeline.id} on ${event.model}, ${name}, ${plural(workers, 'worker')} (${reason})${restored}`,
      );
    }
    case 'phase-start':
      return record('info', event.phase, 'started');
    case 'phase-expand':
      return event.final ? record('debug', event.phase, plural(event.tasks, 'task')) : undefined;
    case 'phase-end':
      return record(event.status === 'failed' ? 'error' : 'info', event.phase, phaseEnd(event));
    case 'task-start':
      return record('debug', event.phase, about(event, `runs (${event.lane})`));
    case 'task-hit':
      return record('debug', event.phase, about(event, `cache hit (${event.tier})`));
    case 'task-miss':
      return record('debug', event.phase, about(event, `cache miss: ${event.reason}`));
    case 'task-progress':
      return event.message === undefined ? undefined : record('debug', event.phase, event.message);
    case 'task-retry':
      return record(
        'warn',
        event.phase,
        about(
          event,
          `attempt ${event.attempt} failed, again in ${formatDuration(event.delayMs)}: ${event.error.message}`,
        ),
      );
    case 'task-end': {
      const where =
        event.threadId !== undefined
          ? ` on thread ${event.threadId}`
          : event.worker !== undefined
            ? ` on ${event.worker}`
            : '';
      if (event.status === 'failed')
        return record(
          'error',
          event.phase,
          about(
            event,
            `failed: ${event.error?.message ?? 'unknown'}${event.error === undefined ? '' : ` (${event.error.code})`}`,
          ),
        );
      return record(
        'debug',
        event.phase,
        about(
          event,
          // What was restored ran before: neither its time nor its thread is of this run.
          event.source === 'journal'
            ? `${event.status} (from the session)`
            : `${event.status} (${event.source}) in ${formatDuration(event.durationMs)}${where}`,
        ),
      );
    }
    case 'model-end':
      return record(
        'debug',
        event.phase,
        about(
          event,
          `${event.model}: ${formatShort(event.usage.inputTokens)} tokens in, ${formatShort(event.usage.outputTokens)} out, ${formatCost(event.costUsd)}, ${formatDuration(event.durationMs)}`,
        ),
      );
    case 'artifact-write':
      return record('debug', 'run', `wrote ${event.path} (${formatBytes(event.bytes)})`);
    case 'degrade':
      return record('warn', 'run', event.message);
    case 'prefetch-start':
      return record('debug', 'run', `prefetch (${event.mode}): ${plural(event.keys, 'key')}`);
    case 'prefetch-end':
      return record('debug', 'run', `prefetch (${event.mode}): ${event.found} found`);
    case 'speculation-end':
      return record(
        'debug',
        event.phase,
        about(event, `speculation ${event.kept ? `kept, saved ${formatDuration(event.savedMs)}` : 'thrown away'}`),
      );
    case 'sample':
      return record(
        'debug',
        'run',
        `${event.running}/${event.workers} workers, ${event.runningThreads} on threads, ${event.queued} queued, memory ${formatBytes(event.rssBytes)} (heap ${formatBytes(event.heapBytes)})`,
      );
    case 'run-pause':
      return record('info', 'run', 'paused: nothing new is started');
    case 'run-continue':
      return record('info', 'run', 'goes on');
    case 'run-cancel':
      return record('warn', 'run', `cancelling: ${event.reason}`);
    case 'run-end':
      return record(
        event.status === 'failed' ? 'error' : 'info',
        'run',
        `${event.status} in ${formatDuration(event.durationMs)}${event.error === undefined ? '' : `: ${errorText(event.error)}`}`,
      );
    case 'task-delta':
    case 'model-start':
    case 'checkpoint':
    case 'speculation-start':
      return undefined;
  }
}

/** A message about a task of a phase: the line names the phase already, a fan-out's task is named by its item. */
function about({ phase, task }: { readonly phase: string; readonly task: string }, message: string): string {
  if (task === phase) return message;
  return `${task.startsWith(`${phase}[`) ? task.slice(phase.length) : task} ${message}`;
}

/** An error in one line. */
export function errorText(error: ErrorInfo | undefined): string {
  if (error === undefined) return 'unknown';
  const where = error.task ?? error.phase;
  return `${where === undefined ? '' : `${where}: `}${cleanLine(error.message)} (${error.code})`;
}

function phaseEnd(event: Extract<OrcEvent, { type: 'phase-end' }>): string {
  const { hits, misses } = event.cache;
  if (event.status === 'skipped') return 'skipped';
  if (event.status !== 'fulfilled') return `${event.status} after ${formatDuration(event.durationMs)}`;
  const tasks = event.tasks === 1 ? '' : `, ${plural(event.tasks, 'task')}`;
  if (hits > 0 && misses === 0 && hits >= event.tasks) return `cached${tasks}`;
  return `done in ${formatDuration(event.durationMs)}${tasks}${hits > 0 ? `, ${hits} cached` : ''}`;
}
