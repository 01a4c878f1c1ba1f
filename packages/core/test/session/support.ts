import { digest, type JsonValue } from '@orc/cache';

import type { Clock } from '../../src/clock.ts';
import type { ProcessTable } from '../../src/session/process-table.ts';
import type { SessionPlan, TaskRecord } from '../../src/session/session-port.ts';
import { createSessionStore } from '../../src/session/session-store.ts';
import type { SessionStoreOptions } from '../../src/session/session-store.ts';

/** A clock that stands still until it is moved. */
export class StillClock implements Clock {
  #now: number;
  #timers = new Map<number, { readonly at: number; readonly callback: () => void }>();
  #next = 1;

  constructor(now: number = Date.UTC(2026, 10, 23, 19, 15, 0)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  setTimeout(callback: () => void, milliseconds: number): unknown {
    this.#timers.set(this.#next, { at: this.#now + milliseconds, callback });
    return this.#next++;
  }

  clearTimeout(handle: unknown): void {
    this.#timers.delete(handle as number);
  }

  get timers(): number {
    return this.#timers.size;
  }

  /** Moves the time without calling anybody, as when the machine slept. */
  jump(milliseconds: number): void {
    this.#now += milliseconds;
  }

  advance(milliseconds: number): void {
    const until = this.#now + milliseconds;
    for (;;) {
      const due = [...this.#timers].filter(([, { at }]) => at <= until).toSorted((a, b) => a[1].at - b[1].at)[0];
      if (due === undefined) break;
      this.#timers.delete(due[0]);
      this.#now = Math.max(this.#now, due[1].at);
      due[1].callback();
    }
    this.#now = until;
  }
}

/** Processes that live and die as the test says. */
export class FakeProcesses implements ProcessTable {
  boot: string | undefined = 'boot-1';
  readonly starts = new Map<number, string>([[100, 'a']]);
  tellsStart = true;

  alive(pid: number): boolean {
    return this.starts.has(pid);
  }

  startOf(pid: number): string | undefined {
    return this.tellsStart ? this.starts.get(pid) : undefined;
  }
}

/** A store in a folder, with a still clock and fake processes, of which 100 is the own one. */
export function testStore(dataDir: string, options: Partial<SessionStoreOptions> = {}) {
  return createSessionStore({
    dataDir,
    clock: new StillClock(),
    hostname: 'host-a',
    pid: 100,
    processes: new FakeProcesses(),
    ...options,
  });
}

export const planParts: Omit<SessionPlan, 'schema' | 'sessionId' | 'createdAt'> = {
  pipeline: { id: 'book', version: '1', digest: 'd'.repeat(64) },
  request: { text: 'a story about space', seed: 1 },
  model: { id: 'offline/scribe', identity: { provider: 'offline' } },
  options: { optimized: true },
  strategy: { name: 'parallel', reason: 'three phases are independent', workers: 4 },
};

export function record(task: string, output: JsonValue = `output of ${task}`): TaskRecord {
  return {
    task,
    phase: task.replace(/\[.*/, ''),
    keyDigest: 'k'.repeat(64),
    status: 'fulfilled',
    output,
    outputDigest: digest(output),
    source: 'executed',
    durationMs: 12.5,
    attempts: 1,
  };
}

/** The code that a promise rejects with. */
export async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'resolved',
    (error: unknown) => (error as { readonly code?: unknown }).code ?? error,
  );
}

/** The record of a task that `when` left out. */
export function skippedRecord(task: string): TaskRecord {
  return { ...record(task, null), status: 'skipped', outputDigest: 'skipped' };
}

/** Moves a clock on until a promise has settled. */
export async function passing<T>(clock: StillClock, promise: Promise<T>, step = 500): Promise<T> {
  const settled = promise.then(
    () => true,
    () => true,
  );
  const turn = async (): Promise<false> => {
    await new Promise((resolve) => setImmediate(resolve));
    return false;
  };
  while (!(await Promise.race([settled, turn()]))) clock.advance(step);
  return promise;
}
