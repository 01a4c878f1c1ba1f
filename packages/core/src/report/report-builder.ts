import type { OrcEvent } from '../events.ts';
import { busyMs, concurrencyOf, isExecuted, lengthOf, sum } from './concurrency.ts';
import { criticalPathOf, groupByPhase } from './critical-path.ts';
import { PhaseCount, ratio } from './phase-count.ts';
import type { EventOf, MemoryReport, RetryReport, RunReport, TaskReport } from './run-report.ts';
import { withRows } from './timeline-rows.ts';
import { UsageCount } from './usage-count.ts';

/** What is known of a task before it has ended. */
interface OpenTask {
  startMs: number | undefined;
  lane: TaskReport['lane'];
  tier: string | undefined;
  missReason: string | undefined;
  readonly usage: UsageCount;
}

/** The report of a run from its events, all of them in their order. The same events give the same report. */
export function buildReport(events: Iterable<OrcEvent>): RunReport {
  const builder = new ReportBuilder();
  for (const event of events) builder.add(event);
  return builder.build();
}

/** Takes in the events of one run as they come, and makes its report, at any time. */
export class ReportBuilder {
  #start: EventOf<'run-start'> | undefined;
  #end: EventOf<'run-end'> | undefined;
  #startedAt = 0;
  #elapsedMs = 0;
  readonly #phases = new Map<string, PhaseCount>();
  readonly #open = new Map<string, OpenTask>();
  readonly #tasks: Omit<TaskReport, 'row'>[] = [];
  readonly #usage = new UsageCount();
  readonly #models = new Map<string, UsageCount>();
  readonly #tiers = new Map<string, number>();
  readonly #retries: RetryReport[] = [];
  readonly #degradations: RunReport['degradations'][number][] = [];
  readonly #artifacts = new Map<string, RunReport['artifacts'][number]>();
  #memory: MemoryReport | undefined;
  #seen = { threads: 0, queued: 0, workers: 0 };
  #prefetch = { keys: 0, found: 0, speculated: 0, kept: 0 };
  #speculationMs = 0;
  #cacheMs = 0;
  #cacheUsd: number | null = 0;
  #cacheUnknown = 0;
  #pausedMs = 0;
  #pausedAt: number | undefined;

  /** Takes in an event. */
  add(event: OrcEvent): void {
    this.#elapsedMs = Math.max(this.#elapsedMs, event.elapsedMs);
    switch (event.type) {
      case 'run-start':
        this.#start = event;
        this.#startedAt = event.at - Math.round(event.elapsedMs);
        for (const phase of event.phases) this.#phases.set(phase.id, new PhaseCount(phase));
        break;
      case 'run-end':
        this.#end = event;
        this.#continue(event.elapsedMs);
        break;
      case 'run-pause':
        this.#pausedAt ??= event.elapsedMs;
        break;
      case 'run-continue':
        this.#continue(event.elapsedMs);
        break;
      case 'phase-expand':
        this.#withPhase(event.phase, (phase) => {
          phase.known = event.tasks;
        });
        break;
      case 'phase-end':
        this.#withPhase(event.phase, (phase) => {
          phase.status = event.status;
          phase.known = event.tasks;
        });
        break;
      case 'task-start': {
        const task = this.#task(event.task);
        task.startMs = event.elapsedMs;
        task.lane = event.lane;
        break;
      }
      case 'task-hit':
        this.#hit(event);
        break;
      case 'task-miss':
        this.#task(event.task).missReason = event.reason;
        this.#withPhase(event.phase, (phase) => {
          phase.misses += 1;
        });
        break;
      case 'task-retry':
        this.#retries.push({
          atMs: event.elapsedMs,
          task: event.task,
          attempt: event.attempt,
          delayMs: event.delayMs,
          error: event.error,
        });
        this.#withPhase(event.phase, (phase) => {
          phase.retries += 1;
        });
        break;
      case 'task-end':
        this.#endTask(event);
        break;
      case 'model-end':
        this.#modelEnd(event);
        break;
      case 'artifact-write':
        this.#artifacts.set(event.path, { path: event.path, bytes: event.bytes, sha256: event.sha256 });
        break;
      case 'degrade':
        this.#degradations.push({ what: event.what, message: event.message, atMs: event.elapsedMs });
        break;
      case 'prefetch-start':
        this.#prefetch.keys += event.keys;
        break;
      case 'prefetch-end':
        this.#prefetch.found += event.found;
        break;
      case 'speculation-start':
        this.#prefetch.speculated += 1;
        break;
      case 'speculation-end':
        if (event.kept) {
          this.#prefetch.kept += 1;
          this.#speculationMs += event.savedMs;
        }
        break;
      case 'sample':
        this.#sample(event);
        break;
      case 'phase-start':
      case 'task-delta':
      case 'task-progress':
      case 'model-start':
      case 'checkpoint':
      case 'run-cancel':
        break;
      default:
        event satisfies never;
    }
  }

  /** The report of the events so far. */
  build(): RunReport {
    const tasks = withRows(this.#tasks);
    const durationMs = this.#end?.durationMs ?? this.#elapsedMs;
    const {
      sessionId = '',
      pipeline,
      request = '',
      model = '',
      seed = 0,
      strategy,
      resumed = false,
      restored = 0,
      phases = [],
    } = this.#start ?? {};
    const chosen = strategy ?? { name: 'standard' as const, reason: '', workers: 1 };
    // Machines may have come while it ran.
    const workers = chosen.name === 'distributed' ? Math.max(chosen.workers, this.#seen.workers) : chosen.workers;
    const counts = [...this.#phases.values()];
    const hits = sum(counts.map((phase) => phase.hits));
    const misses = sum(counts.map((phase) => phase.misses));
    const workMs = sum(tasks.filter(isExecuted).map(lengthOf));
    const byPhase = groupByPhase(tasks);
    return {
      schema: 'orc.report/1',
      sessionId,
      status: this.#end?.status ?? 'running',
      ...(this.#end?.error === undefined ? {} : { error: this.#end.error }),
      startedAt: this.#startedAt,
      durationMs,
      pipeline: pipeline ?? { id: '', version: '', digest: '' },
      request,
      model,
      seed,
      strategy: chosen,
      resumed,
      restored,
      phases: counts.map((count) => count.report(byPhase.get(count.phase.id) ?? [])),
      tasks,
      cache: { hits, misses, hitRatio: ratio(hits, misses), tiers: Object.fromEntries(this.#tiers) },
      usage: this.#usage.total,
      models: [...this.#models].map(([name, usage]) => ({ model: name, ...usage.total })),
      concurrency: concurrencyOf(tasks, workers, durationMs, this.#seen),
      ...(this.#memory === undefined ? {} : { memory: this.#memory }),
      criticalPath: criticalPathOf(tasks, phases),
      savings: {
        cacheMs: this.#cacheMs,
        cacheUsd: this.#cacheUsd,
        cacheUnknown: this.#cacheUnknown,
        parallelMs: Math.max(0, workMs - busyMs(tasks)),
        speculationMs: this.#speculationMs,
      },
      prefetch: { ...this.#prefetch },
      retries: [...this.#retries],
      degradations: [...this.#degradations],
      artifacts: [...this.#artifacts.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1)),
      pausedMs: this.#pausedMs,
    };
  }

  #hit(event: EventOf<'task-hit'>): void {
    const task = this.#task(event.task);
    task.tier = event.tier;
    this.#tiers.set(event.tier, (this.#tiers.get(event.tier) ?? 0) + 1);
    this.#withPhase(event.phase, (phase) => {
      phase.hits += 1;
    });
    if (event.savedMs === undefined) this.#cacheUnknown += 1;
    else this.#cacheMs += Math.max(0, event.savedMs - (event.elapsedMs - (task.startMs ?? event.elapsedMs)));
    if (event.savedUsd === null) this.#cacheUsd = null;
    else if (this.#cacheUsd !== null) this.#cacheUsd += event.savedUsd ?? 0;
  }

  #endTask(event: EventOf<'task-end'>): void {
    const { task, phase, status, source, attempts, threadId, worker, error } = event;
    const open = this.#task(task);
    this.#open.delete(task);
    const { calls, inputTokens, outputTokens, costUsd } = open.usage.total;
    this.#tasks.push({
      task,
      phase,
      startMs: open.startMs ?? Math.max(0, event.elapsedMs - event.durationMs),
      endMs: event.elapsedMs,
      status,
      source,
      lane: open.lane,
      ...(threadId === undefined ? {} : { threadId }),
      ...(worker === undefined ? {} : { worker }),
      ...(open.tier === undefined ? {} : { tier: open.tier }),
      ...(open.missReason === undefined ? {} : { missReason: open.missReason }),
      attempts,
      calls,
      inputTokens,
      outputTokens,
      costUsd,
      ...(error === undefined ? {} : { error }),
    });
  }

  #modelEnd(event: EventOf<'model-end'>): void {
    this.#usage.add(event);
    let model = this.#models.get(event.model);
    if (model === undefined) this.#models.set(event.model, (model = new UsageCount()));
    model.add(event);
    this.#task(event.task).usage.add(event);
    this.#withPhase(event.phase, (phase) => {
      phase.usage.add(event);
    });
  }

  #sample({ runningThreads, queued, workers, heapBytes, rssBytes }: EventOf<'sample'>): void {
    this.#seen = {
      threads: Math.max(this.#seen.threads, runningThreads),
      queued: Math.max(this.#seen.queued, queued),
      workers: Math.max(this.#seen.workers, workers),
    };
    this.#memory = {
      peakHeapBytes: Math.max(this.#memory?.peakHeapBytes ?? 0, heapBytes),
      peakRssBytes: Math.max(this.#memory?.peakRssBytes ?? 0, rssBytes),
      samples: (this.#memory?.samples ?? 0) + 1,
    };
  }

  #continue(now: number): void {
    if (this.#pausedAt === undefined) return;
    this.#pausedMs += now - this.#pausedAt;
    this.#pausedAt = undefined;
  }

  #task(id: string): OpenTask {
    let task = this.#open.get(id);
    if (task === undefined) {
      task = { startMs: undefined, lane: 'io', tier: undefined, missReason: undefined, usage: new UsageCount() };
      this.#open.set(id, task);
    }
    return task;
  }

  #withPhase(id: string, change: (phase: PhaseCount) => void): void {
    const phase = this.#phases.get(id);
    if (phase !== undefined) change(phase);
  }
}
