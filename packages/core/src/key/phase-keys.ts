import { readFile } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';

import { digest, type JsonObject, type JsonValue } from '@orc/cache';

import type { ModelClient, ModelRequest } from '../ai/model-client.ts';
import { OrcError } from '../errors.ts';
import type { PipelineRequest, RequestPart } from '../pipeline/request.ts';
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
    if (files.every((name) => this.#files.has(name))) return undefined;
    return this.#readFiles(files, phase.id);
  }

  /** The key of a task. */
  key(phase: CompiledPhase, input: KeyInput): string {
    const { path, item, inputs, prompt } = input;
    const asked = prompt === undefined ? '' : this.#asked(phase, prompt);
    const consumed = row(inputs.digests);
    // One task: all parts in one go. Many: what they have in common is digested once.
    if (phase.depth === 0) return digest(this.#common(phase) + consumed + asked);
    let common = this.#digests.get(phase);
    if (common === undefined) this.#digests.set(phase, (common = digest(this.#common(phase))));
    return digest(row([common, path, item === undefined ? '' : item.digest]) + consumed + asked);
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
    for (const name of definition.uses.request) {
      parts[`request.${name}`] =
        name === 'text' ? short(this.#textDigest()) : shortValue(requestPart(this.#request, name));
    }
    for (const name of definition.uses.env) parts[`env.${name}`] = shortValue(this.#env[name] ?? null);
    for (const name of definition.uses.files) parts[`file.${name}`] = short(this.#files.get(name) ?? '');
    if (phase.depth > 0) {
      parts['item'] = input.path;
      parts['item.value'] = short(input.item?.digest ?? '');
    }
    const { digests } = input.inputs;
    for (let index = 0; index + 1 < digests.length; index += 2)
      parts[`input.${digests[index] as string}`] = short(digests[index + 1] as string);
    if (input.prompt !== undefined) parts['prompt'] = short(digest([input.prompt.prompt, ...besides(input.prompt)]));
    return parts;
  }

  #common(phase: CompiledPhase): string {
    const { definition, kind } = phase.phase;
    const { request, env, files } = definition.uses;
    const model = this.#modelOf(phase);
    const parts = [definitionOf(phase, this.#compiled).digest];
    if (model !== undefined) parts.push(identityOf(model), samplingOf(phase));
    if (kind === 'llm') parts.push(String(this.#request.seed));
    return (
      row(parts) +
      pairs(request, (name) => this.#requestDigest(name)) +
      pairs(env, (name) => digest(this.#env[name] ?? null)) +
      pairs(files, (name) => this.#files.get(name) ?? '')
    );
  }

  #requestDigest(name: RequestPart): string {
    return name === 'text' ? this.#textDigest() : digest(requestPart(this.#request, name));
  }

  // What the prompt repeats of a declared request text stands in the key already: a long request is hashed once, not once per phase.
  #asked(phase: CompiledPhase, prompt: ModelRequest): string {
    const { prompt: text } = prompt;
    const repeats = phase.phase.definition.uses.request.includes('text') ? around(text, this.#request.text) : undefined;
    return (repeats === undefined ? row([text]) : row(repeats)) + row(besides(prompt));
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

/** Texts in a row, each with its length and all with their number, so that no two rows read the same. */
function row(parts: readonly string[]): string {
  let text = `${parts.length}[`;
  for (const part of parts) text += `${part.length}:${part}`;
  return text;
}

/** Names, each with its value. */
function pairs<Name extends string>(names: readonly Name[], value: (name: Name) => string): string {
  let text = `${names.length}[`;
  for (const name of names) {
    const part = value(name);
    text += `${name.length}:${name}${part.length}:${part}`;
  }
  return text;
}

/** Shorter texts cost more to look for than to hash. */
const worthLooking = 256;

/** What stands before and after a text, where it stands in another one. */
function around(whole: string, text: string): readonly [string, string] | undefined {
  if (text.length < worthLooking) return undefined;
  // By its beginning first: looking for all of it compares letter by letter.
  const at = whole.indexOf(text.slice(0, 32));
  const end = at + text.length;
  return at === -1 || whole.slice(at, end) !== text ? undefined : [whole.slice(0, at), whole.slice(end)];
}

/** What a prompt asks for besides its text. */
function besides(prompt: ModelRequest): readonly string[] {
  // Through JSON, so that members that are `undefined` do not count.
  return [prompt.system ?? '', prompt.schema === undefined ? '' : JSON.stringify(prompt.schema), samplingText(prompt)];
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
