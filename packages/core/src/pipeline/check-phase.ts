import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { TaskHandle } from '@orc/scheduler';

import { OrcError, shown } from '../errors.ts';
import type {
  ForEachDefinition,
  NeedDefinition,
  Phase,
  PhaseCache,
  PhaseDefinition,
  PhaseKind,
  PhaseRetry,
  PhaseSampling,
  PhaseUses,
} from './phase.ts';
import { functionText, moduleDigest } from './source-text.ts';

type Loose = Readonly<Record<string, unknown>>;

const kinds: readonly string[] = ['llm', 'io', 'cpu', 'compute'];
const known = new Set(
  `id kind title needs forEach when uses model prompt inputSchema outputSchema taskInput run loop cache timeout retry version source local
  artifacts weight`.split(/\s+/),
);
const idPattern = /^[A-Za-z][A-Za-z0-9._-]*$/;
const requestPart = /^(text|words|seed|input|options\.[^.\s]+)$/;

/** Checks the options of `definePhase` and makes the phase. Throws `ERR_ORC_PHASE`. */
export function checkPhase(options: Loose): Phase {
  if (!isObject(options)) throw new OrcError('ERR_ORC_PHASE', `Expected the options of a phase, got ${shown(options)}`);
  const id = options['id'];
  if (typeof id !== 'string' || !idPattern.test(id)) {
    throw new OrcError(
      'ERR_ORC_PHASE',
      `Expected \`id\` to be a letter, then letters, digits, ".", "_" or "-", got ${shown(id)}`,
    );
  }
  const check = new Check(id);
  for (const name of Object.keys(options))
    if (!known.has(name)) check.fail(name, 'no such option', options[name], 'Remove it, or correct its spelling.');
  const kind = options['kind'] as PhaseKind;
  if (!kinds.includes(kind)) check.fail('kind', 'one of llm, io, cpu, compute', kind);

  const needs = checkNeeds(options['needs'], check);
  const forEach = checkForEach(options['forEach'], check);
  const { run, task } = checkRun(options, kind, check);
  const when = check.optional<(context: never) => boolean>(options, 'when', 'function');
  const prompt = check.optional<(context: never) => unknown>(options, 'prompt', 'function');
  const taskInput = check.optional<(context: never) => unknown>(options, 'taskInput', 'function');
  const artifacts = check.optional<NonNullable<PhaseDefinition['artifacts']>>(options, 'artifacts', 'function');
  const version = check.optional<string>(options, 'version', 'string');
  const source = check.optional<string>(options, 'source', 'string');
  const loop = checkLoop(options['loop'], kind, check);

  const definition: PhaseDefinition = {
    needs,
    forEach,
    when,
    loop,
    uses: checkUses(options['uses'], check),
    sampling: checkSampling(options['model'], kind, check),
    prompt,
    run,
    task,
    taskInput,
    inputSchema: checkSchema(options, 'inputSchema', check),
    outputSchema: checkSchema(options, 'outputSchema', check),
    cache: checkCache(options['cache'], check),
    timeout: check.positive(options, 'timeout'),
    retry: checkRetry(options['retry'], check),
    local: check.optional<boolean>(options, 'local', 'boolean') ?? false,
    artifacts,
    weight: check.positive(options, 'weight'),
    versionParts: [
      version ?? '',
      source ?? '',
      functionText(run),
      task === undefined ? '' : moduleDigest(task, id),
      functionText(taskInput),
      functionText(prompt),
      functionText(loop?.until),
      functionText(loop?.score),
      loop === undefined ? '' : String(loop.max),
    ],
  };
  const phases =
    forEach?.over === 'phase'
      ? [...needs.map((need) => need.phase.id), forEach.phase.id]
      : needs.map((need) => need.phase.id);
  return Object.freeze({
    id,
    kind,
    title: check.optional<string>(options, 'title', 'string') ?? id,
    fanOut: forEach !== undefined,
    conditional: when !== undefined,
    needs: Object.freeze([...new Set(phases)]),
    definition: Object.freeze(definition),
  });
}

/** Tells whether a value was made by `definePhase`. */
export function isPhase(value: unknown): value is Phase {
  return (
    isObject(value) && isObject(value['definition']) && typeof value['id'] === 'string' && Array.isArray(value['needs'])
  );
}

class Check {
  readonly #id: string;

  constructor(id: string) {
    this.#id = id;
  }

  fail(path: string, expected: string, got: unknown, hint?: string): never {
    throw new OrcError(
      'ERR_ORC_PHASE',
      `Expected \`${path}\` of phase \`${this.#id}\` to be ${expected}, got ${shown(got)}`,
      {
        phase: this.#id,
        hint,
      },
    );
  }

  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- what the type says of it is the caller's to know
  optional<T>(options: Loose, name: string, type: 'function' | 'string' | 'boolean'): T | undefined {
    const value = options[name];
    if (value !== undefined && typeof value !== type) this.fail(name, `a ${type}`, value);
    return value as T | undefined;
  }

  positive(options: Loose, name: string, path: string = name): number | undefined {
    const value = options[name];
    if (value !== undefined && !(typeof value === 'number' && Number.isFinite(value) && value > 0))
      this.fail(path, 'a number > 0', value);
    return value;
  }

  only(options: Loose, path: string, names: readonly string[]): void {
    for (const name of Object.keys(options))
      if (!names.includes(name)) this.fail(`${path}.${name}`, `one of ${names.join(', ')}`, name);
  }
}

function isObject(value: unknown): value is Loose {
  return typeof value === 'object' && value !== null;
}

function checkNeeds(value: unknown, check: Check): readonly NeedDefinition[] {
  if (value === undefined) return [];
  if (!isObject(value) || Array.isArray(value))
    check.fail('needs', 'an object of name to phase', value, 'Write needs: { outline }, not needs: [outline].');
  return Object.entries(value).map(([name, need]): NeedDefinition => {
    if (isPhase(need)) return { name, phase: need, wise: 'all' };
    if (isObject(need) && (need['wise'] === 'each' || need['wise'] === 'within')) {
      const phase = need['phase'];
      if (!isPhase(phase) || !phase.fanOut)
        check.fail(`needs.${name}`, `${need['wise']}() of a phase with forEach`, phase);
      return { name, phase: phase, wise: need['wise'] };
    }
    return check.fail(`needs.${name}`, 'a phase, each(phase) or within(phase)', need);
  });
}

function checkForEach(value: unknown, check: Check): ForEachDefinition | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'function') return { over: 'inputs', items: value as never };
  if (!isObject(value) || !isPhase(value['phase'])) check.fail('forEach', 'a function, or { phase, items? }', value);
  const { phase, items } = value as { phase: Phase; items: unknown };
  check.only(value, 'forEach', ['phase', 'items']);
  if (!phase.fanOut)
    check.fail(
      'forEach.phase',
      'a phase with forEach',
      phase.id,
      'To fan out over a plain output write forEach: ({ inputs }) => …',
    );
  if (items !== undefined && typeof items !== 'function') check.fail('forEach.items', 'a function', items);
  return { over: 'phase', phase, ...(items === undefined ? {} : { items: items as never }) };
}

function checkRun(options: Loose, kind: PhaseKind, check: Check): Pick<PhaseDefinition, 'run' | 'task'> {
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

function checkLoop(value: unknown, kind: PhaseKind, check: Check): PhaseDefinition['loop'] {
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

function checkUses(value: unknown, check: Check): Required<PhaseUses> {
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
    ) as Required<PhaseUses>['request'],
    env: list('env', (entry) => entry !== '', 'a name'),
    files: list('files', (entry) => entry !== '', 'a path'),
  };
}

function checkSampling(value: unknown, kind: PhaseKind, check: Check): PhaseSampling {
  if (value === undefined) return {};
  if (kind !== 'llm') check.fail('model', `absent in a phase of kind ${kind}`, value);
  if (!isObject(value)) check.fail('model', 'an object', value);
  const sampling = value;
  check.only(sampling, 'model', ['model', 'temperature', 'topP', 'maxOutputTokens', 'stop']);
  if (sampling['model'] !== undefined && typeof sampling['model'] !== 'string')
    check.fail('model.model', 'a string', sampling['model']);
  for (const name of ['temperature', 'topP']) {
    const number = sampling[name];
    if (number !== undefined && !(typeof number === 'number' && number >= 0))
      check.fail(`model.${name}`, 'a number >= 0', number);
  }
  check.positive(sampling, 'maxOutputTokens', 'model.maxOutputTokens');
  const stop = sampling['stop'];
  if (stop !== undefined && !(Array.isArray(stop) && stop.every((text) => typeof text === 'string')))
    check.fail('model.stop', 'an array of strings', stop);
  return Object.freeze(Object.fromEntries(Object.entries(sampling).filter(([, member]) => member !== undefined)));
}

function checkSchema(options: Loose, name: string, check: Check): StandardSchemaV1 | undefined {
  const value = options[name];
  if (value === undefined) return undefined;
  // Some libraries make their schemas functions.
  const schema = (
    isObject(value) || typeof value === 'function' ? (value as unknown as Loose)['~standard'] : undefined
  ) as Loose | undefined;
  if (typeof schema?.['validate'] !== 'function')
    check.fail(name, 'a Standard Schema (zod, valibot, arktype, …)', value);
  return value as StandardSchemaV1;
}

function checkCache(value: unknown, check: Check): PhaseDefinition['cache'] {
  if (value === undefined || value === true) return {};
  if (value === false) return false;
  if (!isObject(value)) check.fail('cache', 'a boolean or an object', value);
  const cache = value;
  check.only(cache, 'cache', ['ttl', 'when']);
  if (cache['when'] !== undefined && typeof cache['when'] !== 'function')
    check.fail('cache.when', 'a function', cache['when']);
  const ttl = check.positive(cache, 'ttl', 'cache.ttl');
  return { ttl, when: cache['when'] as PhaseCache<never>['when'] };
}

function checkRetry(value: unknown, check: Check): PhaseRetry | undefined {
  if (value === undefined) return undefined;
  if (!isObject(value)) check.fail('retry', 'an object', value);
  const retry = value;
  check.only(retry, 'retry', ['attempts', 'backoffMs', 'maxBackoffMs', 'factor']);
  if (!Number.isSafeInteger(retry['attempts']) || (retry['attempts'] as number) < 1)
    check.fail('retry.attempts', 'an integer >= 1', retry['attempts']);
  for (const name of ['backoffMs', 'maxBackoffMs', 'factor']) {
    const number = retry[name];
    if (number !== undefined && !(typeof number === 'number' && number >= 0))
      check.fail(`retry.${name}`, 'a number >= 0', number);
  }
  return value as unknown as PhaseRetry;
}
