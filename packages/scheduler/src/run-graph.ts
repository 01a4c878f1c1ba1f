import {
  abortSignal,
  callback,
  clockOption,
  duration,
  expected,
  knownMembers,
  optionsObject,
  wholeNumber,
} from './expected.ts';
import { GraphExecution } from './graph-execution.ts';
import { isGraph } from './graph.ts';
import type { Graph } from './graph.ts';
import { checkRetry } from './retry.ts';
import type { GraphRun, RunGraphOptions } from './run-options.ts';

const known: ReadonlySet<string> = new Set<keyof RunGraphOptions>([
  'execute',
  'scheduler',
  'concurrency',
  'failureMode',
  'signal',
  'retry',
  'gracePeriodMs',
  'random',
  'clock',
  'onEvent',
]);

/**
 * Runs a graph: each node starts when its own needs are met and a slot of its lane is free. There are no levels. Begins in
 * the next microtask, so that an iterator asked for at once misses nothing. Inside a running task of the same scheduler, the nodes run on the
 * slot of the task, with no other free, once somebody waits for `result` or reads the events; until then they stand in line.
 *
 * @example
 * ```ts
 * const run = runGraph(graph, { execute: (node, { value }) => work(node.id) });
 * for await (const event of run) log(event);
 * const { outcomes, status } = await run.result;
 * ```
 * @throws ERR_SCHEDULER_OPTION · ERR_SCHEDULER_CLOSED
 */
export function runGraph(graph: Graph, options: RunGraphOptions): GraphRun {
  if (!isGraph(graph)) throw expected('graph', 'a graph of defineGraph', graph);
  optionsObject('options', options);
  knownMembers('the options of `runGraph`', options, known);
  const { execute, failureMode = 'no-new', concurrency, gracePeriodMs = 5000 } = options;
  if (typeof execute !== 'function') throw expected('execute', 'a function', execute);
  if (failureMode !== 'no-new' && failureMode !== 'continue' && failureMode !== 'kill') {
    throw expected('failureMode', "'no-new', 'continue' or 'kill'", failureMode);
  }
  if (concurrency !== undefined) wholeNumber('concurrency', concurrency, 1);
  duration('gracePeriodMs', gracePeriodMs);
  checkRetry(options.retry);
  abortSignal('signal', options.signal);
  clockOption('clock', options.clock);
  callback('random', options.random);
  callback('onEvent', options.onEvent);
  const run = new GraphExecution(graph, { ...options, failureMode, gracePeriodMs });
  return {
    result: run.result,
    cancel: (reason) => run.cancel(reason),
    [Symbol.asyncIterator]: () => {
      // Who reads the events waits for the run.
      run.outer?.waitedFor();
      return run.feed.stream.iterate();
    },
  };
}
