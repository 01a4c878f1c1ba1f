import { digest, type JsonObject, type JsonValue } from '@orc/cache';

import type { ModelClient, ModelRequest } from '../ai/model-client.ts';
import type { PipelineRequest, RequestPart } from '../pipeline/request.ts';
import type { CompiledPhase, CompiledPipeline } from '../run/compiled.ts';
import { requestPart } from '../run/declared-request.ts';
import type { Item } from '../run/items.ts';
import type { TaskInputs } from '../run/task-store.ts';
import type { TaskContext } from '../pipeline/context.ts';
import { declaredNames, declaresFiles, digestFiles, type FileDigests } from './declared-files.ts';
import { jsonDigest } from '../json-digest.ts';
import { schemaDigest } from './schema-digest.ts';

/** The format of keys. Another one makes every key another. */
const keyFormat = 'orc.key/2';

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
  /** The files it declares, as they were when its key was made. */
  readonly files?: FileDigests | undefined;
}

/** What the keys of one run are made of, besides its tasks. */
export interface KeySources {
  /** The pipeline. */
  readonly compiled: CompiledPipeline;
  /** The request; nobody changes it any more. */
  readonly request: PipelineRequest;
  /** The model of an `llm` phase. */
  readonly modelOf: (phase: CompiledPhase) => ModelClient | undefined;
  /** The declared environment variables; nobody changes them any more. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whose results these are; results of one scope are never seen in another. */
  readonly scope?: string | undefined;
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
  readonly #scope: string;
  readonly #digests = new Map<CompiledPhase, string>();
  #text: string | undefined;

  /** Keys for one request to one pipeline. */
  constructor({ compiled, request, modelOf, env, scope }: KeySources) {
    this.#compiled = compiled;
    this.#request = request;
    this.#modelOf = modelOf;
    this.#env = env;
    this.#scope = scopeDigest(scope);
  }

  /** Reads the files that a task declares, as they are now; nothing to wait for where it declares none. */
  files(phase: CompiledPhase, context: TaskContext): Promise<FileDigests> | undefined {
    if (!declaresFiles(phase.phase)) return undefined;
    return digestFiles(declaredNames(phase.phase, context), this.#request, phase.id);
  }

  /** The first of these files that is not what it was any more. */
  async changedFile(phase: CompiledPhase, files: FileDigests): Promise<string | undefined> {
    const names = files.map(([name]) => name);
    const now = await digestFiles(names, this.#request, phase.id);
    return names.find((_, index) => now[index]?.[1] !== files[index]?.[1]);
  }

  /** The key of a task. */
  key(phase: CompiledPhase, input: KeyInput): string {
    const { path, item, inputs, prompt, files } = input;
    const asked = prompt === undefined ? '' : this.#asked(phase, prompt);
    const consumed = row(inputs.digests) + (files === undefined ? '' : `files${row(files.flat())}`);
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
    if (this.#scope !== '') parts['scope'] = this.#scope;
    for (const name of definition.uses.request) {
      parts[`request.${name}`] =
        name === 'text' ? short(this.#textDigest()) : shownPart(requestPart(this.#request, name));
    }
    // Only that it changed, never what it is: a variable may hold a secret, and these parts lie beside the results.
    for (const name of definition.uses.env) parts[`env.${name}`] = short(variableDigest(name, this.#env[name]));
    for (const [name, hash] of input.files ?? []) parts[`file.${name}`] = short(hash);
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
    const { request, env } = definition.uses;
    const model = this.#modelOf(phase);
    const parts = [definitionOf(phase, this.#compiled).digest, this.#scope];
    if (model !== undefined) parts.push(identityOf(model), samplingOf(phase));
    if (kind === 'llm') parts.push(String(this.#request.seed));
    return (
      row(parts) +
      pairs(request, (name) => this.#requestDigest(name)) +
      pairs(env, (name) => variableDigest(name, this.#env[name]))
    );
  }

  #requestDigest(name: RequestPart): string {
    if (name === 'text') return this.#textDigest();
    const value = requestPart(this.#request, name);
    // What is not there is not `null`: the phase sees the difference.
    return value === undefined ? '' : jsonDigest(value);
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
}

function definitionOf(phase: CompiledPhase, compiled: CompiledPipeline): PhaseStatic {
  let known = definitions.get(phase);
  if (known !== undefined) return known;
  const { pipeline } = compiled;
  const { definition, id, kind } = phase.phase;
  const made = pipeline.package === undefined ? '' : `${pipeline.package.name}@${pipeline.package.version}`;
  const version = digest(definition.versionParts);
  const schema = schemaDigest(definition.outputSchema);
  known = {
    digest: digest(keyFormat, pipeline.id, pipeline.version, made, pipeline.code ?? '', id, kind, version, schema),
    parts: {
      format: keyFormat,
      pipeline: `${pipeline.id}@${pipeline.version}`,
      ...(made === '' ? {} : { package: made }),
      ...(pipeline.code === undefined ? {} : { code: short(pipeline.code) }),
      phase: id,
      version: short(version),
      schema: short(schema),
    },
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

function shownPart(value: JsonValue | undefined): string {
  if (value === undefined) return 'absent';
  const text = JSON.stringify(value);
  return text.length <= 40 ? text : short(digest(text));
}

/** What stands for a scope in keys; empty for none. */
function scopeDigest(scope: string | undefined): string {
  return scope === undefined ? '' : digest('orc.scope/1', scope).slice(0, 32);
}

/** What stands for the value of an environment variable; empty where it is not set. */
export function variableDigest(name: string, value: string | undefined): string {
  return value === undefined ? '' : digest('orc.env/1', name, value);
}
