import type { ErrorInfo, OrcEvent, Strategy } from '@orc/core';

import { newPhase, type PhaseState } from './phase-state.ts';
import { progressOf } from './progress.ts';

/** What a view knows of a run: the events so far, added up. */
export interface RunState {
  /** Whether the run has begun, goes on, or how it ended. */
  readonly status: 'starting' | 'running' | 'paused' | 'cancelling' | 'succeeded' | 'failed' | 'cancelled';
  /** The session's id. */
  readonly sessionId: string;
  /** The pipeline's name. */
  readonly pipeline: string;
  /** The request. */
  readonly request: string;
  /** The model. */
  readonly model: string;
  /** How the plan is executed. */
  readonly strategy: Strategy | undefined;
  /** Whether this goes on with an earlier run. */
  readonly resumed: boolean;
  /** Tasks that the journal held. */
  readonly restored: number;
  /** The phases in the pipeline's order. */
  readonly phases: readonly PhaseState[];
  /** The ids of the phases that have ended, in the order in which they did. */
  readonly ended: readonly string[];
  /** When the run started, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** The time of the latest event, in milliseconds since the run started. */
  readonly elapsedMs: number;
  /** Tasks from the cache. */
  readonly hits: number;
  /** Tasks not found there. */
  readonly misses: number;
  /** Tasks that run now. */
  readonly running: readonly string[];
  /** Input tokens of the model. */
  readonly inputTokens: number;
  /** Output tokens of the model. */
  readonly outputTokens: number;
  /** US dollars; `null` once a call had no known price. */
  readonly costUsd: number | null;
  /** Model calls that have ended. */
  readonly calls: number;
  /** Retries so far. */
  readonly retries: number;
  /** The task whose text is being written, and the end of that text. */
  readonly preview:
    | { readonly phase: string; readonly task: string; readonly text: string; readonly structured: boolean }
    | undefined;
  /** The furthest that the run has been, 0 to 1: what was known later never takes progress back. */
  readonly progress: number;
  /** The latest reading of workers and memory. */
  readonly sample:
    | {
        readonly running: number;
        readonly threads: number;
        readonly queued: number;
        readonly workers: number;
        readonly heapBytes: number;
        readonly rssBytes: number;
      }
    | undefined;
  /** The highest memory reading, in bytes. */
  readonly peakRssBytes: number;
  /** Milliseconds of all workers together in which they had something to do. */
  readonly busyMs: number;
  /** What the run goes on without. */
  readonly degradations: readonly string[];
  /** What went wrong. */
  readonly error: ErrorInfo | undefined;
}

/** The state before the first event. */
export const initialRunState: RunState = Object.freeze({
  status: 'starting',
  sessionId: '',
  pipeline: '',
  request: '',
  model: '',
  strategy: undefined,
  resumed: false,
  restored: 0,
  phases: [],
  ended: [],
  startedAt: 0,
  elapsedMs: 0,
  hits: 0,
  misses: 0,
  running: [],
  inputTokens: 0,
  outputTokens: 0,
  costUsd: 0,
  calls: 0,
  retries: 0,
  preview: undefined,
  progress: 0,
  sample: undefined,
  peakRssBytes: 0,
  busyMs: 0,
  degradations: [],
  error: undefined,
});

/** As much text of a preview as any window can show. */
const previewLength = 1200;

/** The state after an event. Pure. */
export function applyEvent(state: RunState, event: OrcEvent): RunState {
  const next = reduce(state, event);
  const elapsedMs = Math.max(next.elapsedMs, event.elapsedMs);
  const busy = Math.min(state.running.length, state.strategy?.workers ?? 0);
  const busyMs = next.busyMs + busy * (elapsedMs - state.elapsedMs);
  if (event.type === 'task-delta') return { ...next, elapsedMs, busyMs };
  return { ...next, elapsedMs, busyMs, progress: Math.max(next.progress, progressOf(next)) };
}

/** Of tasks that write at once one is shown until it ends: text that jumps from one to another can't be read. */
function extendPreview(state: RunState, delta: Extract<OrcEvent, { type: 'task-delta' }>): RunState['preview'] {
  const { preview } = state;
  const { phase, task, text } = delta;
  if (preview !== undefined && preview.task !== task && state.running.includes(preview.task)) return preview;
  const written = preview?.task === task ? preview : undefined;
  return {
    phase,
    task,
    text: ((written?.text ?? '') + text).slice(-previewLength),
    structured: written?.structured === true || /^\s*[{[]|"\s*[:,]\s*["{[\d]/.test(text),
  };
}

function reduce(state: RunState, event: OrcEvent): RunState {
  switch (event.type) {
    case 'run-start':
      return {
        ...initialRunState,
        status: 'running',
        sessionId: event.sessionId,
        pipeline: event.pipeline.id,
        request: event.request,
        model: event.model,
        strategy: event.strategy,
        resumed: event.resumed,
        restored: event.restored,
        phases: event.phases.map(newPhase),
        startedAt: event.at - event.elapsedMs,
      };
    case 'phase-start':
      return inPhase(state, event.phase, (phase) => ({
        ...phase,
        status: 'running',
        startedMs: phase.startedMs ?? event.elapsedMs,
      }));
    case 'phase-expand':
      return inPhase(state, event.phase, (phase) => ({ ...phase, tasks: event.tasks, tasksFinal: event.final }));
    case 'phase-end':
      return {
        ...inPhase(state, event.phase, (phase) => ({
          ...phase,
          status: event.status,
          durationMs: event.durationMs,
          tasks: event.tasks,
          tasksFinal: true,
          hits: event.cache.hits,
          misses: event.cache.misses,
          running: 0,
          message: undefined,
        })),
        ended: [...state.ended, event.phase],
        preview: state.preview?.phase === event.phase ? undefined : state.preview,
      };
    case 'task-start':
      return {
        ...inPhase(state, event.phase, (phase) => ({
          ...phase,
          status: 'running',
          running: phase.running + 1,
          startedMs: phase.startedMs ?? event.elapsedMs,
        })),
        running: [...state.running, event.task],
      };
    case 'task-hit':
      return { ...inPhase(state, event.phase, (phase) => ({ ...phase, hits: phase.hits + 1 })), hits: state.hits + 1 };
    case 'task-miss':
      return {
        ...inPhase(state, event.phase, (phase) => ({ ...phase, misses: phase.misses + 1 })),
        misses: state.misses + 1,
      };
    case 'task-delta':
      return { ...state, preview: extendPreview(state, event) };
    case 'task-progress':
      return inPhase(state, event.phase, (phase) => ({
        ...phase,
        message: event.message ?? phase.message,
        fraction: event.fraction ?? phase.fraction,
      }));
    case 'task-retry':
      return {
        ...inPhase(state, event.phase, (phase) => ({ ...phase, retries: phase.retries + 1 })),
        retries: state.retries + 1,
      };
    case 'task-end':
      return endTask(state, event);
    case 'model-end':
      return {
        ...state,
        calls: state.calls + 1,
        inputTokens: state.inputTokens + event.usage.inputTokens,
        outputTokens: state.outputTokens + event.usage.outputTokens,
        costUsd: state.costUsd === null || event.costUsd === null ? null : state.costUsd + event.costUsd,
      };
    case 'degrade':
      return { ...state, degradations: [...state.degradations, event.message] };
    case 'sample':
      return {
        ...state,
        sample: {
          running: event.running,
          threads: event.runningThreads,
          queued: event.queued,
          workers: event.workers,
          heapBytes: event.heapBytes,
          rssBytes: event.rssBytes,
        },
        peakRssBytes: Math.max(state.peakRssBytes, event.rssBytes),
      };
    case 'run-pause':
      return { ...state, status: 'paused' };
    case 'run-continue':
      return { ...state, status: 'running' };
    case 'run-cancel':
      return { ...state, status: 'cancelling' };
    case 'run-end':
      return { ...state, status: event.status, error: event.error, running: [], preview: undefined };
    case 'model-start':
    case 'checkpoint':
    case 'artifact-write':
    case 'prefetch-start':
    case 'prefetch-end':
    case 'speculation-start':
    case 'speculation-end':
      return state;
  }
}

function endTask(state: RunState, event: Extract<OrcEvent, { type: 'task-end' }>): RunState {
  const wasRunning = state.running.includes(event.task);
  return {
    ...inPhase(state, event.phase, (phase) => ({
      ...phase,
      done: phase.done + 1,
      running: Math.max(0, phase.running - (wasRunning ? 1 : 0)),
      restored: phase.restored + (event.source === 'journal' ? 1 : 0),
      tasks: Math.max(phase.tasks, phase.done + 1),
      error: event.error ?? phase.error,
    })),
    running: wasRunning ? state.running.filter((task) => task !== event.task) : state.running,
  };
}

function inPhase(state: RunState, id: string, change: (phase: PhaseState) => PhaseState): RunState {
  const index = state.phases.findIndex((phase) => phase.id === id);
  const phase = state.phases[index];
  if (phase === undefined) return state;
  const phases = [...state.phases];
  phases[index] = change(phase);
  return { ...state, phases };
}
