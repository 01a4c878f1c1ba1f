import type { OrcEvent, PhaseSummary } from '../../src/events.ts';

type Body<T> = T extends unknown ? Omit<T, 'at' | 'elapsedMs'> : never;

/** When the runs of these tests start. */
export const epoch: number = Date.UTC(2026, 10, 23, 19, 15, 0);

/** Events by hand: each with the milliseconds since the start. */
export class EventLog {
  readonly events: OrcEvent[] = [];

  at(elapsedMs: number, ...bodies: Body<OrcEvent>[]): this {
    for (const body of bodies) this.events.push({ ...body, at: epoch + Math.round(elapsedMs), elapsedMs });
    return this;
  }

  start(phases: readonly PhaseSummary[], workers = 2): this {
    return this.at(0, {
      type: 'run-start',
      sessionId: 's1',
      pipeline: { id: 'book', version: '1', digest: 'd' },
      request: 'a story',
      model: 'openai/gpt-x',
      seed: 7,
      strategy: { name: 'parallel', reason: 'why', workers },
      phases,
      resumed: false,
      restored: 0,
    });
  }

  /** A task that was executed, from one time to another. */
  task(task: string, from: number, to: number, more: Partial<Extract<OrcEvent, { type: 'task-end' }>> = {}): this {
    const phase = task.replace(/\[.*/, '');
    this.at(from, { type: 'task-start', task, phase, key: 'k', lane: 'io' });
    return this.at(to, {
      type: 'task-end',
      task,
      phase,
      status: 'fulfilled',
      source: 'executed',
      durationMs: to - from,
      attempts: 1,
      ...more,
    });
  }

  end(at: number, status: 'succeeded' | 'failed' = 'succeeded'): this {
    return this.at(at, {
      type: 'run-end',
      status,
      durationMs: at,
      ...(status === 'failed' ? { error: { code: 'ERR_X', message: 'no' } } : {}),
    });
  }

  /** In the order of time. */
  get sorted(): readonly OrcEvent[] {
    return this.events.toSorted((a, b) => a.elapsedMs - b.elapsedMs);
  }
}

/** A phase by hand. */
export function phase(id: string, needs: readonly string[] = [], more: Partial<PhaseSummary> = {}): PhaseSummary {
  return { id, title: id, kind: 'llm', needs, fanOut: false, cacheable: true, ...more };
}
