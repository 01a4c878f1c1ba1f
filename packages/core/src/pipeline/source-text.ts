import type { TaskHandle } from '@orc/scheduler';
import { digest } from '@orc/cache';

import { OrcError } from '../errors.ts';
import { readModuleGraph, type ModuleGraph } from './module-graph.ts';

/**
 * What a function is made of, for the version of its phase. The text alone: values that it closes over do not show, which is
 * what `version` and `source` are for.
 */
export function functionText(work: unknown): string {
  return typeof work === 'function' ? Function.prototype.toString.call(work) : '';
}

// A built-in says its name, and does the same everywhere; what was bound, or stands behind a proxy, says nothing at all.
const nothingShown = /^function \(\) \{ \[native code\] \}$/;

/** Whether the text of a function shows nothing of what it does: a bound one, or a proxy of one. */
export function isOpaque(work: unknown): boolean {
  return typeof work === 'function' && nothingShown.test(functionText(work));
}

/** The module of a `cpu` phase, with all that it imports by a path. Throws `ERR_ORC_PHASE`. */
export function taskModules(task: TaskHandle, phase: string): ModuleGraph {
  try {
    return readModuleGraph(task.module);
  } catch (cause) {
    throw new OrcError(
      'ERR_ORC_PHASE',
      `Expected \`run.module\` of phase \`${phase}\` to be a file that can be read, got ${task.module}`,
      {
        cause,
        phase,
        hint: 'Give defineTask a file URL of a JavaScript module: new URL("./task.js", import.meta.url).',
      },
    );
  }
}

/** What a task's modules are for the version of its phase. */
export function moduleVersion(modules: ModuleGraph, task: TaskHandle): string {
  return digest(modules.digest, task.export);
}

/** The same task with what its modules are now, so that no thread does it with what they were before. */
export function taskOfModules(task: TaskHandle<unknown>, { files }: ModuleGraph): TaskHandle<unknown> {
  return Object.freeze({ ...task, files });
}
