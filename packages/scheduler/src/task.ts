import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { TransferListItem } from 'node:worker_threads';

import { expected, knownMembers } from './expected.ts';

/** What a task's function gets beside its input. */
export interface TaskContext {
  /**
   * Aborted when the caller cancels or the time is up. On a thread it also turns while the loop is busy: reading
   * `signal.aborted` in a computation is enough.
   */
  readonly signal: AbortSignal;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** Sends a value to the caller's `onProgress`; it must survive structured cloning. */
  readonly progress: (value: unknown) => void;
}

/** A task's function, as a module exports it or a runner is given it. */
export type TaskFunction<I = never, O = unknown> = (input: I, context: TaskContext) => O | Promise<O>;

/** What {@link defineTask} takes. */
export interface TaskDefinition<I> {
  /** The module that holds the function: a URL (`new URL('./work.js', import.meta.url)`) or an absolute path. */
  readonly module: string | URL;
  /** The name under which the module exports it. @defaultValue `'default'` */
  readonly export?: string | undefined;
  /** Picks the parts of an input that are moved to the thread instead of copied; they are unusable here afterwards. */
  readonly transfer?: ((input: I) => readonly TransferListItem[]) | undefined;
}

declare const types: unique symbol;

/** A function in a module, known by its address, so that a thread or another machine can load it. */
export interface TaskHandle<I = never, O = unknown> {
  /** Tells a handle from other values. */
  readonly kind: 'task';
  /** The module's URL. */
  readonly module: string;
  /** The export's name. */
  readonly export: string;
  /** Picks the parts of an input that are moved instead of copied. */
  readonly transfer?: (input: I) => readonly TransferListItem[];
  /**
   * What the module and the files that it imports hold, by path, each as a digest: a thread that has loaded one of them as it was before an edit is
   * replaced by a new one, which loads them anew. Without it a thread keeps what it has loaded first.
   */
  readonly files?: ReadonlyMap<string, string> | undefined;
  /** Carries the types; absent at run time. */
  readonly [types]?: (input: I) => O;
}

const taskMembers: ReadonlySet<string> = new Set<keyof TaskDefinition<unknown>>(['module', 'export', 'transfer']);

/**
 * Names a function that can run on a thread or on another machine.
 *
 * @example
 * ```ts
 * const countWords = defineTask<string, number>({ module: new URL('./count-words.js', import.meta.url) });
 * ```
 * @throws ERR_SCHEDULER_TASK when the module is not a URL or an absolute path.
 */
export function defineTask<I, O>(definition: TaskDefinition<I>): TaskHandle<I, O> {
  knownMembers('the definition of a task', definition, taskMembers, 'ERR_SCHEDULER_TASK');
  const name: unknown = definition.export ?? 'default';
  if (typeof name !== 'string' || name === '')
    throw expected('export', 'the name of an export', name, 'ERR_SCHEDULER_TASK');
  const { transfer } = definition;
  if (transfer !== undefined && typeof transfer !== 'function') {
    throw expected('transfer', 'a function of the input', transfer, 'ERR_SCHEDULER_TASK');
  }
  return Object.freeze({
    kind: 'task' as const,
    module: moduleHref(definition.module),
    export: name,
    ...(transfer === undefined ? {} : { transfer }),
  });
}

function moduleHref(module: string | URL): string {
  if (module instanceof URL) return module.href;
  if (typeof module === 'string') {
    if (isAbsolute(module)) return pathToFileURL(module).href;
    if (/^(?:file|data|node):/.test(module)) return new URL(module).href;
  }
  throw expected(
    'module',
    "a URL or an absolute path (for a file beside yours: `new URL('./work.js', import.meta.url)`)",
    module,
    'ERR_SCHEDULER_TASK',
  );
}

/** Tells whether a value is a {@link TaskHandle}. */
export function isTaskHandle(value: unknown): value is TaskHandle {
  if (typeof value !== 'object' || value === null) return false;
  const handle = value as Partial<TaskHandle>;
  return handle.kind === 'task' && typeof handle.module === 'string' && typeof handle.export === 'string';
}
