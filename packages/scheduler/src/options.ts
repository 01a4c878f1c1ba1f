import { systemClock } from './clock.ts';
import type { Clock } from './clock.ts';
import { availableCores } from './cores.ts';
import { callback, clockOption, duration, flag, knownMembers, optionsObject, wholeNumber } from './expected.ts';
import type { SchedulerEvent } from './scheduler-event.ts';

/** Options of a {@link Scheduler}. */
export interface SchedulerOptions {
  /** The most tasks at once, in all lanes. 0 = cores × 2. @defaultValue 0 */
  readonly maxWorkers?: number | undefined;
  /** Tasks that may wait per worker before `trySubmit` refuses and `ready` waits. @defaultValue 4 */
  readonly bufferSize?: number | undefined;
  /** The most worker threads at once; never more than `maxWorkers`. @defaultValue the cores there are, CPU quota counted */
  readonly maxThreads?: number | undefined;
  /** The heap of each thread, in MB, at least 16; a task that needs more fails alone. Buffers are not counted. @defaultValue Node's own limit */
  readonly maxThreadMemoryMb?: number | undefined;
  /** Milliseconds that an aborted task has to stop by itself; then its thread is ended, or its slot taken away. @defaultValue 100 */
  readonly gracePeriodMs?: number | undefined;
  /** `false` refuses threads with ERR_SCHEDULER_THREADS_UNAVAILABLE. @defaultValue true */
  readonly threads?: boolean | undefined;
  /**
   * Knows by its asynchronous context whether `submit`, `ready` or `runGraph` is called inside a running task, so that this task lends
   * its slot to what it waits for. Costs about 0.25 µs a task; before Node.js 24, from the first task until `close()`, also about
   * 0.06 µs for every promise of the process. With `false` only `submit` of a task's own context lends its slot. @defaultValue true
   */
  readonly detectNesting?: boolean | undefined;
  /** Where time comes from. @defaultValue the real time */
  readonly clock?: Clock | undefined;
  /** Where the jitter of retries comes from: numbers in [0, 1). @defaultValue `Math.random` */
  readonly random?: (() => number) | undefined;
  /** Gets every event. What it throws, or rejects with, is ignored. @defaultValue none */
  readonly onEvent?: ((event: SchedulerEvent) => void) | undefined;
}

/** What follows from a number of workers. */
export interface Sizes {
  readonly maxWorkers: number;
  readonly maxThreads: number;
  readonly capacity: number;
}

/** The options with every default filled in. */
export interface ResolvedOptions {
  readonly maxWorkers: number;
  /** The sizes for a number of workers, which it checks; 0 = cores × 2. */
  readonly sizesOf: (maxWorkers: number) => Sizes;
  readonly maxThreadMemoryMb: number | undefined;
  readonly gracePeriodMs: number;
  readonly detectNesting: boolean;
  readonly clock: Clock;
  readonly random: () => number;
  readonly onEvent: ((event: SchedulerEvent) => void) | undefined;
}

/** With less a thread does not start, and with far less V8 ends the whole process over it. */
const leastThreadMemoryMb = 16;

const known: ReadonlySet<string> = new Set<keyof SchedulerOptions>([
  'maxWorkers',
  'bufferSize',
  'maxThreads',
  'maxThreadMemoryMb',
  'gracePeriodMs',
  'threads',
  'detectNesting',
  'clock',
  'random',
  'onEvent',
]);

/** Checks the options once, before any thread is started. */
export function resolveOptions(options: SchedulerOptions): ResolvedOptions {
  optionsObject('options', options);
  knownMembers('the options of a Scheduler', options, known);
  const {
    maxWorkers = 0,
    bufferSize = 4,
    maxThreads,
    maxThreadMemoryMb,
    gracePeriodMs = 100,
    threads = true,
  } = options;
  wholeNumber('bufferSize', bufferSize, 0);
  if (maxThreads !== undefined) wholeNumber('maxThreads', maxThreads, 1);
  if (maxThreadMemoryMb !== undefined) wholeNumber('maxThreadMemoryMb', maxThreadMemoryMb, leastThreadMemoryMb);
  duration('gracePeriodMs', gracePeriodMs);
  flag('threads', threads);
  flag('detectNesting', options.detectNesting);
  clockOption('clock', options.clock);
  callback('random', options.random);
  callback('onEvent', options.onEvent);
  const cores = availableCores();
  const sizesOf = (asked: number): Sizes => {
    wholeNumber('maxWorkers', asked, 0);
    const workers = asked === 0 ? cores * 2 : asked;
    const most = threads ? Math.min(maxThreads ?? cores, workers) : 0;
    return { maxWorkers: workers, maxThreads: most, capacity: bufferSize * workers };
  };
  return {
    maxWorkers,
    sizesOf,
    maxThreadMemoryMb,
    gracePeriodMs,
    detectNesting: options.detectNesting ?? true,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    onEvent: options.onEvent,
  };
}
