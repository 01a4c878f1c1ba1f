import type { OrcEvent } from '@orc/core';

/** What the events of a story may be told. */
export interface StoryOptions {
  /** How far the run goes. */
  readonly until: 'start' | 'scenes' | 'end';
  /** The text that the model writes. */
  readonly text?: string;
  /** The title of the phase that writes it. */
  readonly title?: string;
  /** The phase that fails, when one does. */
  readonly fails?: boolean;
}

type Body<T> = T extends OrcEvent ? Omit<T, 'at' | 'elapsedMs'> : never;

/** The events of a small story: two phases from the cache, then scenes at once, then their assembly. */
export function storyEvents({
  until,
  text = 'The hull sang softly as the stars turned.',
  title = 'Scenes',
  fails = false,
}: StoryOptions): readonly OrcEvent[] {
  const events: OrcEvent[] = [];
  let elapsedMs = 0;
  const add = (ms: number, event: Body<OrcEvent>): void => {
    elapsedMs += ms;
    events.push({ at: 1_000_000 + elapsedMs, elapsedMs, ...event });
  };
  const phase = (
    id: string,
    title_: string,
    needs: readonly string[],
    kind: 'llm' | 'cpu' | 'compute',
    fanOut = false,
  ): Extract<OrcEvent, { type: 'run-start' }>['phases'][number] => ({
    id,
    title: title_,
    needs,
    kind,
    fanOut,
    cacheable: true,
  });
  add(0, {
    type: 'run-start',
    sessionId: '20260101-120000-abcd',
    pipeline: { id: 'fiction', version: '1', digest: 'd' },
    request: 'Create a story about space exploration',
    model: 'offline/scribe',
    seed: 1,
    strategy: { name: 'parallel', reason: '4 phases are ready at once', workers: 4 },
    phases: [
      phase('brief', 'Brief', [], 'compute'),
      phase('premise', 'Premise', ['brief'], 'llm'),
      phase('scene', title, ['premise'], 'llm', true),
      phase('metrics', 'Metrics', ['scene'], 'cpu', true),
      phase('assemble', 'Assemble', ['metrics'], 'compute'),
    ],
    resumed: false,
    restored: 0,
  });
  if (until === 'start') return events;
  for (const id of ['brief', 'premise']) {
    add(1, { type: 'phase-start', phase: id });
    add(0, { type: 'task-start', phase: id, task: id, key: 'k', lane: 'compute' });
    add(1, { type: 'task-hit', phase: id, task: id, tier: 'file', storedAt: 0 });
    add(0, { type: 'task-end', phase: id, task: id, status: 'fulfilled', source: 'cache', durationMs: 1, attempts: 0 });
    add(0, {
      type: 'phase-end',
      phase: id,
      status: 'fulfilled',
      durationMs: 2,
      tasks: 1,
      cache: { hits: 1, misses: 0 },
    });
  }
  add(1, { type: 'phase-start', phase: 'scene' });
  add(0, { type: 'phase-expand', phase: 'scene', tasks: 20, final: true });
  const scene = (index: number): { phase: string; task: string } => ({ phase: 'scene', task: `scene[c1/s${index}]` });
  const start = (index: number): void => {
    add(0, { type: 'task-start', ...scene(index), key: 'k', lane: 'io' });
    add(0, { type: 'task-miss', ...scene(index), reason: 'this phase has no earlier result' });
  };
  const end = (index: number): void => {
    add(0, {
      type: 'model-end',
      ...scene(index),
      model: 'offline/scribe',
      durationMs: 500,
      usage: { inputTokens: 300, cachedInputTokens: 0, outputTokens: 800 },
      costUsd: 0.001,
      attempts: 1,
      finishReason: 'stop',
    });
    if (fails && index === 8) {
      add(0, {
        type: 'task-end',
        ...scene(index),
        status: 'failed',
        source: 'executed',
        durationMs: 500,
        attempts: 3,
        error: { code: 'ERR_ORC_MODEL_UNAVAILABLE', message: 'the server said 503', task: 'scene[c1/s8]' },
      });
      return;
    }
    add(0, {
      type: 'task-end',
      ...scene(index),
      status: 'fulfilled',
      source: 'executed',
      durationMs: 500,
      attempts: 1,
    });
  };
  const last = until === 'scenes' ? 13 : 20;
  for (let index = 1; index <= last; index += 1) {
    start(index);
    if (index > 4) end(index - 4);
    add(100, { type: 'task-delta', ...scene(index), text });
  }
  add(0, {
    type: 'task-retry',
    ...scene(last),
    attempt: 1,
    delayMs: 500,
    error: { code: 'ERR_ORC_MODEL_RATE_LIMIT', message: 'too many requests' },
  });
  add(0, {
    type: 'sample',
    running: 4,
    runningThreads: 0,
    queued: 7,
    workers: 4,
    heapBytes: 30_000_000,
    rssBytes: 120_000_000,
  });
  if (until === 'scenes') return events;
  for (let index = last - 3; index <= last; index += 1) end(index);
  const status = fails ? 'failed' : 'fulfilled';
  add(0, { type: 'phase-end', phase: 'scene', status, durationMs: 2000, tasks: 20, cache: { hits: 0, misses: 20 } });
  if (!fails) {
    add(10, { type: 'phase-start', phase: 'assemble' });
    add(0, { type: 'task-start', phase: 'assemble', task: 'assemble', key: 'k', lane: 'compute' });
    add(0, {
      type: 'task-end',
      phase: 'assemble',
      task: 'assemble',
      status: 'fulfilled',
      source: 'executed',
      durationMs: 1,
      attempts: 1,
    });
    add(0, {
      type: 'phase-end',
      phase: 'assemble',
      status: 'fulfilled',
      durationMs: 1,
      tasks: 1,
      cache: { hits: 0, misses: 1 },
    });
  }
  add(
    1,
    fails
      ? {
          type: 'run-end',
          status: 'failed',
          durationMs: 2016,
          error: { code: 'ERR_ORC_MODEL_UNAVAILABLE', message: 'the server said 503', task: 'scene[c1/s8]' },
        }
      : { type: 'run-end', status: 'succeeded', durationMs: 2016 },
  );
  return events;
}
