import type { TaskHandle } from '@orc/scheduler';

import { isObject, type Check, type Loose } from './option-check.ts';
import type { DeclaredUses, PhaseDefinition, PhaseKind, PhaseSampling } from './phase.ts';

const requestPart = /^(text|words|seed|input|options\.[^.\s]+)$/;

/** Checks `run` and what belongs to it: a function, a task for `cpu`, or nothing where a prompt is enough. */
export function checkRun(options: Loose, kind: PhaseKind, check: Check): Pick<PhaseDefinition, 'run' | 'task'> {
  const run = options['run'];
  if (kind === 'cpu') {
    if (!isObject(run) || run['kind'] !== 'task' || typeof run['module'] !== 'string') {
      check.fail(
        'run',
        'a defineTask({ module, export }) handle',
        run,
        'A cpu phase runs on a worker thread, which can load a module but not a closure.',
      );
    }
    if (options['prompt'] !== undefined) check.fail('prompt', 'absent in a cpu phase', options['prompt']);
    return { task: run as unknown as TaskHandle<unknown> };
  }
  if (options['taskInput'] !== undefined)
    check.fail('taskInput', `absent in a phase of kind ${kind}`, options['taskInput']);
  if (options['prompt'] !== undefined && kind !== 'llm')
    check.fail('prompt', `absent in a phase of kind ${kind}`, options['prompt']);
  if (run === undefined && kind === 'llm' && options['prompt'] !== undefined) return {};
  if (typeof run !== 'function')
    check.fail('run', kind === 'llm' ? 'a function, or absent where there is a prompt' : 'a function', run);
  return { run: run as (context: never) => unknown };
}

/** Checks `loop`. */
export function checkLoop(value: unknown, kind: PhaseKind, check: Check): PhaseDefinition['loop'] {
  if (value === undefined) return undefined;
  if (!isObject(value)) check.fail('loop', 'an object', value);
  if (kind === 'cpu')
    check.fail('loop', 'absent in a cpu phase', value, 'A worker thread sees no round; loop inside the task.');
  const loop = value;
  check.only(loop, 'loop', ['max', 'until', 'score']);
  if (!Number.isSafeInteger(loop['max']) || (loop['max'] as number) < 1)
    check.fail('loop.max', 'an integer >= 1', loop['max']);
  if (typeof loop['score'] !== 'function') check.fail('loop.score', 'a function', loop['score']);
  if (loop['until'] !== undefined && typeof loop['until'] !== 'function')
    check.fail('loop.until', 'a function', loop['until']);
  return { max: loop['max'] as number, score: loop['score'] as never, until: loop['until'] as never };
}

/** Checks `uses`. */
export function checkUses(value: unknown, check: Check): DeclaredUses {
  if (value === undefined) return { request: [], env: [], files: [] };
  if (!isObject(value)) check.fail('uses', 'an object', value);
  const uses = value;
  check.only(uses, 'uses', ['request', 'env', 'files']);
  const list = (name: string, valid: (entry: string) => boolean, expected: string): readonly string[] => {
    const entries = uses[name] ?? [];
    if (!Array.isArray(entries)) check.fail(`uses.${name}`, 'an array', entries);
    for (const [index, entry] of (entries as unknown[]).entries()) {
      if (typeof entry !== 'string' || !valid(entry)) check.fail(`uses.${name}[${index}]`, expected, entry);
    }
    return [...new Set(entries as string[])].toSorted();
  };
  return {
    request: list(
      'request',
      (entry) => requestPart.test(entry),
      'text, words, seed, input or options.<name>',
    ) as DeclaredUses['request'],
    env: list('env', (entry) => entry !== '', 'a name'),
    files:
      typeof uses['files'] === 'function' ? (uses['files'] as never) : list('files', (entry) => entry !== '', 'a path'),
  };
}

/** Checks `model`: the sampling. */
export function checkSampling(value: unknown, kind: PhaseKind, check: Check): PhaseSampling {
  if (value === undefined) return {};
  if (kind !== 'llm') check.fail('model', `absent in a phase of kind ${kind}`, value);
  if (!isObject(value)) check.fail('model', 'an object', value);
  const sampling = value;
  check.only(sampling, 'model', ['model', 'temperature', 'topP', 'maxOutputTokens', 'stop']);
  if (sampling['model'] !== undefined && typeof sampling['model'] !== 'string')
    check.fail('model.model', 'a string', sampling['model']);
  for (const name of ['temperature', 'topP']) {
    const number = sampling[name];
    if (number !== undefined && !(typeof number === 'number' && Number.isFinite(number) && number >= 0))
      check.fail(`model.${name}`, 'a number >= 0', number);
  }
  const most = sampling['maxOutputTokens'];
  if (most !== undefined && !(Number.isSafeInteger(most) && (most as number) >= 1))
    check.fail('model.maxOutputTokens', 'an integer >= 1', most);
  const stop = sampling['stop'];
  if (stop !== undefined && !(Array.isArray(stop) && stop.every((text) => typeof text === 'string')))
    check.fail('model.stop', 'an array of strings', stop);
  return Object.freeze(Object.fromEntries(Object.entries(sampling).filter(([, member]) => member !== undefined)));
}
