import { digest, type JsonObject } from '@orc/cache';

import { OrcError, shown } from '../errors.ts';
import { schemaDigest } from '../key/schema-digest.ts';
import { isPhase } from './check-edges.ts';
import { readModuleGraph } from './module-graph.ts';
import { functionText } from './source-text.ts';
import { enclosesSpace, itemSpace } from './item-space.ts';
import type { Phase, TaskOutput } from './phase.ts';

/** Where the result of a pipeline comes from. */
export interface PipelineResult<P extends Phase = Phase> {
  /** The phase whose output is the result. */
  readonly phase: P;
  /** The text that goes to the user. */
  text(output: TaskOutput<P>): string;
  /** A title, where the result has one. */
  title?(output: TaskOutput<P>): string | undefined;
  /** The number of words, where that means something. */
  words?(output: TaskOutput<P>): number | undefined;
  /** How many words were asked for, where the pipeline aims at a number. */
  wordsAsked?(output: TaskOutput<P>): number | undefined;
}

/** How a pipeline is defined. */
export interface PipelineOptions<P extends Phase = Phase> {
  /** Its name: a letter, then letters, digits, `.`, `_`, `-`. */
  readonly id: string;
  /** Its version, any text. */
  readonly version: string;
  /** What it makes, one sentence for people. */
  readonly description: string;
  /** Its phases, in any order; every phase that is needed must be among them. */
  readonly phases: readonly Phase[];
  /** The package that defines it; its version is part of every key. */
  readonly package?: { readonly name: string; readonly version: string } | undefined;
  /** Where its result comes from. */
  readonly result: PipelineResult<P>;
  /** The text it was made from, when that is a file; kept in the session, so that the folder alone can be resumed. */
  readonly source?: string | undefined;
  /**
   * The module that defines it, `import.meta.url`: its file and what it imports by a path become part of every key, packages by name and version, so
   * that an edit of a constant or a helper is seen too. Read when the pipeline is defined.
   */
  readonly module?: string | URL | undefined;
}

/** A named, versioned graph of phases. Frozen. */
export interface Pipeline {
  /** Its name. */
  readonly id: string;
  /** Its version. */
  readonly version: string;
  /** What it makes. */
  readonly description: string;
  /** Its phases, each after all that it needs. */
  readonly phases: readonly Phase[];
  /** The package that defines it. */
  readonly package: { readonly name: string; readonly version: string } | undefined;
  /** Where its result comes from. */
  readonly result: PipelineResult;
  /** The text it was made from, when that is a file. */
  readonly source: string | undefined;
  /** The digest of the module that defines it, where that is known. */
  readonly code: string | undefined;
  /** A digest of all of it: phases, edges, sources, versions. */
  readonly digest: string;
}

// `digest` and `code` too, so that a pipeline can be spread into another one; the digest is made anew.
const known = new Set([
  'digest',
  'code',
  'module',
  'id',
  'version',
  'description',
  'phases',
  'package',
  'result',
  'source',
]);
const idPattern = /^[A-Za-z][A-Za-z0-9._-]*$/;

/**
 * Defines a pipeline and checks all of it.
 *
 * @throws OrcError `ERR_ORC_PIPELINE` with the path of what is invalid: a duplicate id, a need that is not among the phases, an
 * item-wise need between unrelated items, a conditional result.
 *
 * @example
 * ```ts
 * const greet = definePhase({ id: 'greet', kind: 'compute', uses: { request: ['text'] }, run: ({ request }) => `Hello, ${request.text}` });
 * const pipeline = definePipeline({
 *   id: 'greeting', version: '1', description: 'Greets', phases: [greet], result: { phase: greet, text: (output) => output },
 * });
 * ```
 */
export function definePipeline<P extends Phase>(options: PipelineOptions<P>): Pipeline {
  if (typeof options !== 'object' || options === null)
    throw new OrcError('ERR_ORC_PIPELINE', `Expected the options of a pipeline, got ${shown(options)}`);
  const { id, version, description, phases, result } = options;
  if (typeof id !== 'string' || !idPattern.test(id)) {
    throw new OrcError(
      'ERR_ORC_PIPELINE',
      `Expected \`id\` to be a letter, then letters, digits, ".", "_" or "-", got ${shown(id)}`,
    );
  }
  const fail = (path: string, expected: string, got: unknown, hint?: string): never => {
    throw new OrcError(
      'ERR_ORC_PIPELINE',
      `Expected \`${path}\` of pipeline \`${id}\` to be ${expected}, got ${shown(got)}`,
      { hint },
    );
  };
  for (const name of Object.keys(options))
    if (!known.has(name))
      throw new OrcError(
        'ERR_ORC_PIPELINE',
        `Expected the options of pipeline \`${id}\` to be known, got \`${name}\``,
        {
          hint: 'Remove it, or correct its spelling.',
        },
      );
  if (typeof version !== 'string' || version === '') fail('version', 'a text', version);
  if (typeof description !== 'string') fail('description', 'a text', description);
  if (!Array.isArray(phases) || phases.length === 0) fail('phases', 'an array of at least one phase', phases);
  const byId = new Map<string, Phase>();
  for (const [index, phase] of phases.entries()) {
    if (!isPhase(phase)) fail(`phases[${index}]`, 'a phase made by definePhase', phase);
    if (byId.has(phase.id)) fail(`phases[${index}].id`, 'unique', phase.id);
    byId.set(phase.id, phase);
  }
  for (const phase of phases) checkEdges(phase, byId, fail);
  if (!isPhase(result?.phase) || byId.get(result.phase.id) !== result.phase)
    fail('result.phase', 'one of its phases', result?.phase);
  if (result.phase.fanOut)
    fail('result.phase', 'a phase without forEach', result.phase.id, 'Gather the items in a phase that needs them.');
  if (result.phase.conditional)
    fail('result.phase', 'a phase without `when`', result.phase.id, 'Let a phase that always runs make the result.');
  if (typeof result.text !== 'function') fail('result.text', 'a function', typeof result.text);
  for (const name of ['title', 'words', 'wordsAsked'] as const) {
    const given: unknown = Object.entries(result).find(([member]) => member === name)?.[1];
    if (given !== undefined && typeof given !== 'function') fail(`result.${name}`, 'a function', given);
  }
  if (options.source !== undefined && typeof options.source !== 'string') fail('source', 'a text', options.source);
  const made = options.package;
  if (made !== undefined && (typeof made?.name !== 'string' || typeof made.version !== 'string'))
    fail('package', 'a name and a version', made);
  const carried: unknown = 'code' in options ? options.code : undefined;
  const code =
    options.module !== undefined
      ? codeOfModule(options.module, fail)
      : typeof carried === 'string'
        ? carried
        : undefined;
  const ordered = inOrder(phases);
  return Object.freeze({
    id,
    version,
    description,
    phases: Object.freeze(ordered),
    package: options.package === undefined ? undefined : Object.freeze({ ...options.package }),
    result: Object.freeze({ ...result }),
    source: options.source,
    code,
    digest: digest(
      'orc.pipeline/2',
      code ?? '',
      id,
      version,
      packageOf(options.package),
      options.source ?? '',
      functionText(Object.getOwnPropertyDescriptor(result, 'text')?.value),
      ordered.map(phaseParts),
    ),
  });
}

/** The same pipeline, made by this code too. */
export function withCode(pipeline: Pipeline, code: string): Pipeline {
  const all = pipeline.code === undefined ? code : digest(pipeline.code, code);
  return Object.freeze({ ...pipeline, code: all, digest: digest('orc.pipeline/2 code', pipeline.digest, all) });
}

function codeOfModule(
  module: unknown,
  fail: (path: string, expected: string, got: unknown, hint?: string) => never,
): string {
  try {
    return readModuleGraph(String(module)).digest;
  } catch {
    return fail('module', 'the URL of a file that can be read', module, 'Write module: import.meta.url.');
  }
}

function packageOf(value: PipelineOptions['package']): string {
  return value === undefined ? '' : `${value.name}@${value.version}`;
}

// Phases can only name phases that exist already, so a cycle can't be written; what can be wrong is the set and the items.
function checkEdges(
  phase: Phase,
  byId: ReadonlyMap<string, Phase>,
  fail: (path: string, expected: string, got: unknown, hint?: string) => never,
): void {
  const { needs, forEach } = phase.definition;
  const member = (other: Phase, path: string): void => {
    const found = byId.get(other.id);
    if (found === undefined)
      fail(path, 'among the phases of the pipeline', other.id, `Add \`${other.id}\` to \`phases\`.`);
    else if (found !== other)
      fail(path, 'the same phase as the one in `phases`', other.id, `Two phases have the id \`${other.id}\`.`);
  };
  if (forEach?.over === 'phase') member(forEach.phase, `${phase.id}.forEach.phase`);
  const space = itemSpace(phase);
  for (const need of needs) {
    const path = `${phase.id}.needs.${need.name}`;
    member(need.phase, path);
    if (need.wise === 'each' && !enclosesSpace(itemSpace(need.phase), space)) {
      fail(
        path,
        `over the items of \`${phase.id}\` or of what they descend from`,
        `each(${need.phase.id})`,
        'Fan out with forEach: { phase }.',
      );
    }
    if (need.wise === 'within' && (space.length === 0 || !enclosesSpace(space, itemSpace(need.phase)))) {
      fail(
        path,
        `over items that descend from those of \`${phase.id}\``,
        `within(${need.phase.id})`,
        'Fan out with forEach: { phase }.',
      );
    }
  }
}

function inOrder(phases: readonly Phase[]): readonly Phase[] {
  const ordered = new Set<Phase>();
  const byId = new Map(phases.map((phase) => [phase.id, phase]));
  const visit = (phase: Phase): void => {
    if (ordered.has(phase)) return;
    for (const need of phase.needs) visit(byId.get(need) as Phase);
    ordered.add(phase);
  };
  for (const phase of phases) visit(phase);
  return [...ordered];
}

function filesPart(files: Phase['definition']['uses']['files']): string | readonly string[] {
  return typeof files === 'function' ? functionText(files) : files;
}

function phaseParts(phase: Phase): string {
  const { definition } = phase;
  const { forEach } = definition;
  return digest(
    phase.id,
    phase.kind,
    definition.needs.map((need) => [need.name, need.phase.id, need.wise]),
    forEach === undefined
      ? null
      : forEach.over === 'inputs'
        ? ['inputs', functionText(forEach.items)]
        : [forEach.phase.id, functionText(forEach.items)],
    functionText(definition.when),
    functionText(definition.artifacts),
    definition.versionParts,
    definition.sampling as JsonObject,
    [definition.uses.request, definition.uses.env, filesPart(definition.uses.files)],
    [schemaDigest(definition.inputSchema), schemaDigest(definition.outputSchema)],
  );
}
