import { definePhase } from '../../pipeline/define-phase.ts';
import { definePipeline, type Pipeline } from '../../pipeline/define-pipeline.ts';
import { each, within, type Keyed, type Need, type Phase, type PhaseSampling } from '../../pipeline/phase.ts';
import type { RequestPart } from '../../pipeline/request.ts';
import { OrcError, shown } from '../../errors.ts';
import type { JsonSchema } from '../../ai/model-client.ts';
import { holds, needId, templatesOf } from './check-document.ts';
import type { PhaseDocument, PipelineDocument } from './document.ts';
import { milliseconds } from './duration.ts';
import { readDeclared } from './read-files.ts';
import { parseTemplate, renderTemplate, valueAt } from './template.ts';

interface View {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly item?: unknown;
  readonly key?: string;
  readonly request: {
    readonly text: string;
    readonly seed: number;
    readonly words: number | undefined;
    readonly input: string | undefined;
    readonly options: Readonly<Record<string, unknown>>;
  };
}

/** Makes a pipeline from a checked file. `source` is the file’s text, for sessions; of a key it is the definition of the phase alone, so that an edited phase never hits an old result and the others do. */
export function compileDocument(document: PipelineDocument, source: string): Pipeline {
  const phases = new Map<string, Phase>();
  for (const phase of document.phases) phases.set(phase.id, compilePhase(phase, document, phases));
  const { result } = document;
  const at = (output: unknown, path: string | undefined): unknown =>
    path === undefined ? output : valueAt(output, path);
  const asText = (value: unknown): string =>
    typeof value === 'string' ? value : `${JSON.stringify(value, null, 2)}\n`;
  return definePipeline({
    id: document.id,
    version: document.version,
    description: document.description,
    phases: [...phases.values()],
    source,
    result: {
      phase: phases.get(result.phase) as Phase,
      text: (output) => asText(at(output, result.text)),
      title: (output) => (result.title === undefined ? undefined : asText(at(output, result.title))),
      words: (output) => asText(at(output, result.text)).match(/[\p{L}\p{N}]+(?:['’][\p{L}]+)?/gu)?.length ?? 0,
    },
  });
}

function compilePhase(phase: PhaseDocument, document: PipelineDocument, phases: ReadonlyMap<string, Phase>): Phase {
  const needs: Record<string, Need> = {};
  for (const need of phase.needs ?? []) {
    const target = phases.get(needId(need)) as Phase;
    needs[needId(need)] = typeof need === 'string' ? target : 'each' in need ? each(target) : within(target);
  }
  const defaults = Object.fromEntries(
    Object.entries(document.options ?? {}).map(([option, { default: value }]) => [option, value]),
  );
  const view = (context: View): object => ({
    ...context.inputs,
    request: {
      get text() {
        return context.request.text;
      },
      get words() {
        return context.request.words;
      },
      get seed() {
        return context.request.seed;
      },
      get input() {
        return context.request.input;
      },
    },
    options: new Proxy(defaults, {
      get: (target, option) => context.request.options[String(option)] ?? target[String(option)],
    }),
    item: context.item,
    key: context.key,
    index: Number(context.key?.split('/').at(-1)),
  });
  const common = {
    id: phase.id,
    title: phase.title,
    needs,
    ...(phase.forEach === undefined ? {} : { forEach: forEachOf(phase, phases) }),
    ...(phase.when === undefined
      ? {}
      : {
          when: (context: View): boolean => holds(phase.when as never, valueAt(view(context), phase.when?.value ?? '')),
        }),
    uses: { request: requestParts(phase), ...(phase.kind === 'read' ? { files: phase.files } : {}) },
    cache: typeof phase.cache === 'object' ? { ttl: milliseconds(phase.cache.ttl) } : phase.cache,
    timeout: phase.timeout === undefined ? undefined : milliseconds(phase.timeout),
    retry:
      phase.retry === undefined
        ? undefined
        : {
            attempts: phase.retry.attempts,
            backoffMs: phase.retry.backoff === undefined ? undefined : milliseconds(phase.retry.backoff),
          },
    weight: phase.weight,
    version: phase.version,
    source: JSON.stringify(phase),
    ...(phase.artifact === undefined ? {} : { artifacts: artifactsOf(phase.artifact) }),
  };
  switch (phase.kind) {
    case 'llm':
      return definePhase({
        ...common,
        kind: 'llm',
        model: samplingOf(phase.model),
        prompt: (context: View) => ({
          system: phase.system === undefined ? undefined : renderTemplate(phase.system, view(context)),
          prompt: renderTemplate(phase.prompt, view(context)),
          schema: phase.schema as JsonSchema | undefined,
        }),
      } as never);
    case 'template':
      return definePhase({
        ...common,
        kind: 'compute',
        run: (context: View) => renderTemplate(phase.template, view(context)),
      } as never);
    case 'read':
      return definePhase({
        ...common,
        kind: 'io',
        local: true,
        // The files that it reads are declared.
        cache: common.cache ?? true,
        run: (context: View & { readonly signal: AbortSignal }) =>
          readDeclared(context.request.input, phase.files, context.signal),
      } as never);
  }
}

function forEachOf(phase: PhaseDocument, phases: ReadonlyMap<string, Phase>): unknown {
  const { forEach } = phase;
  if (forEach === undefined) return undefined;
  if ('phase' in forEach) return { phase: phases.get(forEach.phase) };
  const path = forEach.in;
  return (context: View): readonly Keyed<unknown>[] => {
    const list = valueAt(context.inputs, path);
    if (!Array.isArray(list)) {
      throw new OrcError(
        'ERR_ORC_ITEMS',
        `Expected \`forEach.in\` of phase \`${phase.id}\` (${path}) to be a list, got ${shown(list)}`,
        { phase: phase.id },
      );
    }
    const width = Math.max(2, String(list.length).length);
    return list.map((value: unknown, index) => ({ key: String(index + 1).padStart(width, '0'), value }));
  };
}

/** The parts of the request that a phase's templates read: its key declares those and no others. */
function requestParts(phase: PhaseDocument): RequestPart[] {
  const paths = templatesOf(phase).flatMap(([, text]) => parseTemplate(text).names.map((name) => name.path));
  if (phase.when !== undefined) paths.push(phase.when.value);
  const parts = new Set<RequestPart>();
  for (const path of paths) {
    const [root, part] = path.split('.') as [string, string | undefined];
    if (root === 'request' && part !== undefined) parts.add(part as RequestPart);
    if (root === 'options' && part !== undefined) parts.add(`options.${part}`);
  }
  if (phase.kind === 'read') parts.add('input');
  return [...parts];
}

function samplingOf(model: Extract<PhaseDocument, { kind: 'llm' }>['model']): PhaseSampling | undefined {
  return typeof model === 'string' ? { model } : model;
}

function artifactsOf(
  name: string,
): (
  output: unknown,
  context: { readonly key: string },
) => readonly { readonly path: string; readonly content: string }[] {
  return (output, { key }) => [
    {
      path: renderTemplate(name, { key }),
      content: typeof output === 'string' ? output : `${JSON.stringify(output, null, 2)}\n`,
    },
  ];
}
