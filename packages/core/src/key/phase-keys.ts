import { readFile } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';

import { digest, type JsonObject, type JsonValue } from '@orc/cache';

import type { ModelClient, ModelRequest } from '../ai/model-client.ts';
import { OrcError } from '../errors.ts';
import type { PipelineRequest } from '../pipeline/request.ts';
import type { CompiledPhase, CompiledPipeline } from '../run/compiled.ts';
import { requestPart } from '../run/declared-request.ts';
import type { Item } from '../run/items.ts';
import type { TaskInputs } from '../run/task-store.ts';
import { schemaDigest } from './schema-digest.ts';

/** The format of keys. Another one makes every key another. */
const keyFormat = 'orc.key/1';

/** The parts of a key by name, each as it is or as the start of its digest: what `explain` compares. */
export type KeyParts = Readonly<Record<string, string>>;

/** What a task consumes. */
export interface KeyInput {
  /** Its item path. */
  readonly path: string;
  /** Its item. */
  readonly item: Item | undefined;
  /** Its inputs. */
  readonly inputs: TaskInputs;
  /** Its rendered prompt. */
  readonly prompt: ModelRequest | undefined;
}

interface PhaseStatic {
  readonly digest: string;
  readonly parts: KeyParts;
}

const definitions = new WeakMap<CompiledPhase, PhaseStatic>();
const samplings = new WeakMap<CompiledPhase, string>();
const identities = new WeakMap<ModelClient, string>();

/** Makes the keys of one run: what does not change from task to task is digested once. */
export class PhaseKeys {
  readonly #compiled: CompiledPipeline;
  readonly #request: PipelineRequest;
  readonly #modelOf: (phase: CompiledPhase) => ModelClient | undefined;
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #digests = new Map<CompiledPhase, string>();
  readonly #files = new Map<string, string>();
  #text: string | undefined;

  /** Keys for one request to one pipeline. */
  constructor(
    compiled: CompiledPipeline,
    request: PipelineRequest,
    modelOf: (phase: CompiledPhase) => ModelClient | undefined,
    env: Readonly<Record<string, string | undefined>>,
  ) {
    this.#compiled = compiled;
    this.#request = request;
    this.#modelOf = modelOf;
    this.#env = env;
  }

  /** Reads the files that a phase declares; nothing to wait for where it declares none. */
  prepare(phase: CompiledPhase): Promise<void> | undefined {
    const files = phase.phase.definition.uses.files;
    if (files === undefined || files.every((name) => this.#files.has(name))) return undefined;
    return this.#readFiles(files, phase.id);
  }

  /** The key of a task. */
  key(phase: CompiledPhase, input: KeyInput): string {
    const { path, item, inputs, prompt } = input;
    const asked = prompt === undefined ? '' : promptParts(prompt);
    // One task: all parts in one go. Many: what they have in common is digested once.
    if (phase.depth === 0) return digest(this.#common(phase), inputs.digests, asked);
    let common = this.#digests.get(phase);
    if (common === undefined) this.#digests.set(phase, (common = digest(this.#common(phase))));
    return digest(common, path, item === undefined ? '' : item.digest, inputs.digests, asked);
  }

  /** The parts of a task's key, by name. */
  parts(phase: CompiledPhase, input: KeyInput): KeyParts {
    const parts: Record<string, string> = { ...definitionOf(phase, this.#compiled).parts };
    const { definition, kind } = phase.phase;
    const model = this.#modelOf(phase);
    if (model !== undefined) {
      parts['model'] = model.id;
      parts['model.identity'] = short(identityOf(model));
      for (const [name, value] of Object.entries(definition.sampling))
        if (name !== 'model') parts[`model.${name}`] = JSON.stringify(value);
    }
    if (kind === 'llm') parts['request.seed'] = String(this.#request.seed);
    for (const name of definition.uses.request ?? []) {
      parts[`request.${name}`] =
        name === 'text' ? short(this.#textDigest()) : shortValue(requestPart(this.#request, name));
    }
    for (const name of definition.uses.env ?? []) parts[`env.${name}`] = shortValue(this.#env[name] ?? null);
    for (const name of definition.uses.files ?? []) parts[`file.${name}`] = short(this.#files.get(name) ?? '');
    if (phase.depth > 0) {
      parts['item'] = input.path;
      parts['item.value'] = short(input.item?.digest ?? '');
    }
    const { digests } = input.inputs;
    for (let index = 0; index + 1 < digests.length; index += 2)
      parts[`input.${digests[index] as string}`] = short(digests[index + 1] as string);
    if (input.prompt !== undefined) parts['prompt'] = short(digest(promptParts(input.prompt)));
    return parts;
  }

  #common(phase: CompiledPhase): readonly JsonValue[] {
    const { definition, kind } = phase.phase;
    const { uses } = definition;
    const model = this.#modelOf(phase);
    const parts: JsonValue[] = [definitionOf(phase, this.#compiled).digest];
    if (model !== undefined) parts.push(identityOf(model), samplingOf(phase));
    if (kind === 'llm') parts.push(this.#request.seed);
    for (const name of uses.request ?? [])
      parts.push(name, name === 'text' ? this.#textDigest() : requestPart(this.#request, name));
    for (const name of uses.env ?? []) parts.push(name, this.#env[name] ?? null);
    for (const name of uses.files ?? []) parts.push(name, this.#files.get(name) ?? null);
    return parts;
  }

  #textDigest(): string {
    this.#text ??= digest(this.#request.text);
    return this.#text;
  }

  async #readFiles(files: readonly string[], phase: string): Promise<void> {
    await Promise.all(
      files.map(async (name) => {
        const path = declaredFile(name, this.#request, phase);
        const content = await readFile(path).catch((error: NodeJS.ErrnoException) => {
          if (error.code === 'ENOENT') return undefined;
          throw error;
        });
        this.#files.set(name, content === undefined ? 'absent' : digest(content.toString('base64')));
      }),
    );
  }
}

/** The absolute path of a declared file. */
function declaredFile(name: string, request: PipelineRequest, phase: string): string {
  if (isAbsolute(name)) return name;
  if (request.input === undefined) {
    throw new OrcError(
      'ERR_ORC_REQUEST',
      `Phase \`${phase}\` declares the relative file ${JSON.stringify(name)}, but the request has no input folder`,
      {
        phase,
        retryable: false,
        hint: 'Give the request an `input` folder, or declare an absolute path.',
      },
    );
  }
  return resolve(request.input, name);
}

function definitionOf(phase: CompiledPhase, compiled: CompiledPipeline): PhaseStatic {
  let known = definitions.get(phase);
  if (known !== undefined) return known;
  const { pipeline } = compiled;
  const { definition, id, kind } = phase.phase;
  const origin =
    pipeline.package === undefined
      ? `${pipeline.id}@${pipeline.version}`
      : `${pipeline.package.name}@${pipeline.package.version}`;
  const version = digest(definition.versionParts);
  const schema = schemaDigest(definition.outputSchema);
  known = {
    digest: digest(keyFormat, origin, id, kind, version, schema),
    parts: { format: keyFormat, package: origin, phase: id, version: short(version), schema: short(schema) },
  };
  definitions.set(phase, known);
  return known;
}

function identityOf(model: ModelClient): string {
  let known = identities.get(model);
  if (known === undefined) identities.set(model, (known = digest(model.id, model.identity)));
  return known;
}

function samplingOf(phase: CompiledPhase): string {
  let known = samplings.get(phase);
  if (known === undefined) samplings.set(phase, (known = digest(phase.phase.definition.sampling as JsonObject)));
  return known;
}

function promptParts(prompt: ModelRequest): readonly string[] {
  // Through JSON, so that members that are `undefined` do not count.
  return [
    prompt.prompt,
    prompt.system ?? '',
    prompt.schema === undefined ? '' : JSON.stringify(prompt.schema),
    samplingText(prompt),
  ];
}

function samplingText(prompt: ModelRequest): string {
  const { temperature, topP, maxOutputTokens, stop, seed } = prompt;
  if (
    temperature === undefined &&
    topP === undefined &&
    maxOutputTokens === undefined &&
    stop === undefined &&
    seed === undefined
  )
    return '';
  return JSON.stringify({ temperature, topP, maxOutputTokens, stop, seed });
}

function short(hash: string): string {
  return hash.slice(0, 16);
}

function shortValue(value: JsonValue): string {
  const text = JSON.stringify(value);
  return text.length <= 40 ? text : short(digest(text));
}
