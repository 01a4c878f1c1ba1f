import { OrcError, shown } from '../errors.ts';
import { checkForEach, checkNeeds } from './check-edges.ts';
import { checkCache, checkRetry, checkSchema } from './check-policy.ts';
import { checkLoop, checkRun, checkSampling, checkUses } from './check-work.ts';
import { Check, isObject, type Loose } from './option-check.ts';
import { isOpaqueSchema } from '../key/schema-digest.ts';
import type { Phase, PhaseDefinition, PhaseKind } from './phase.ts';
import { functionText, isOpaque, moduleVersion, taskModules, taskOfModules } from './source-text.ts';

const kinds: readonly string[] = ['llm', 'io', 'cpu', 'compute'];
const known = new Set(
  `id kind title needs forEach when uses model prompt inputSchema outputSchema taskInput run loop cache timeout retry version source local
  artifacts weight`.split(/\s+/),
);
const idPattern = /^[A-Za-z][A-Za-z0-9._-]*$/;

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
  for (const name of Object.keys(options)) if (!known.has(name)) check.unknown(name);
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

  const uses = checkUses(options['uses'], check);
  const cache = checkCache(options['cache'], kind, check);
  const modules = task === undefined ? undefined : taskModules(task, id);
  if (version === undefined && source === undefined) {
    const works: readonly (readonly [string, unknown])[] = [
      ['run', run],
      ['prompt', prompt],
      ['when', when],
      ['taskInput', taskInput],
      ['artifacts', artifacts],
      [forEach?.over === 'phase' ? 'forEach.items' : 'forEach', forEach?.items],
      ['loop.until', loop?.until],
      ['loop.score', loop?.score],
      ['cache.when', cache === false ? undefined : cache.when],
      ['uses.files', uses.files],
      ['run.transfer', task?.transfer],
    ];
    for (const name of ['inputSchema', 'outputSchema'] as const) {
      const schema = checkSchema(options, name, check);
      if (schema !== undefined && isOpaqueSchema(schema)) check.opaque(name, 'a schema that shows what it checks');
    }
    for (const [path, work] of works) if (isOpaque(work)) check.opaque(path, 'a function whose source shows');
  }

  const definition: PhaseDefinition = {
    needs,
    forEach,
    when,
    loop,
    uses,
    sampling: checkSampling(options['model'], kind, check),
    prompt,
    run,
    ...(task === undefined || modules === undefined ? {} : { task: taskOfModules(task, modules), modules }),
    taskInput,
    inputSchema: checkSchema(options, 'inputSchema', check),
    outputSchema: checkSchema(options, 'outputSchema', check),
    cache,
    timeout: check.positive(options, 'timeout'),
    retry: checkRetry(options['retry'], check),
    local: check.optional<boolean>(options, 'local', 'boolean') ?? false,
    artifacts,
    weight: check.positive(options, 'weight'),
    versionParts: [
      version ?? '',
      source ?? '',
      functionText(run),
      task === undefined || modules === undefined ? '' : moduleVersion(modules, task),
      functionText(taskInput),
      functionText(prompt),
      functionText(loop?.until),
      functionText(loop?.score),
      loop === undefined ? '' : String(loop.max),
      functionText(uses.files),
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
