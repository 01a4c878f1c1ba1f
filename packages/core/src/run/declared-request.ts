import type { JsonObject, JsonValue } from '@orc/cache';

import { OrcError } from '../errors.ts';
import type { Phase } from '../pipeline/phase.ts';
import type { PhaseRequest, PipelineRequest, RequestPart } from '../pipeline/request.ts';

/** Refuses to hand out what is not part of the key. */
export function undeclared(what: string, phase: string, hint: string): OrcError {
  return new OrcError('ERR_ORC_UNDECLARED', `Phase \`${phase}\` reads ${what} without declaring it`, {
    phase,
    hint,
    retryable: false,
  });
}

/** The request as one phase may see it: what it did not declare is not in its key and throws `ERR_ORC_UNDECLARED`. */
export class DeclaredRequest implements PhaseRequest {
  readonly #request: PipelineRequest;
  readonly #phase: Phase;
  #options: JsonObject | undefined;

  /** Wraps a request for a phase. */
  constructor(request: PipelineRequest, phase: Phase) {
    this.#request = request;
    this.#phase = phase;
  }

  get text(): string {
    this.#check('text');
    return this.#request.text;
  }

  get seed(): number {
    if (this.#phase.kind !== 'llm') this.#check('seed');
    return this.#request.seed;
  }

  get words(): number | undefined {
    this.#check('words');
    return this.#request.words;
  }

  get input(): string | undefined {
    this.#check('input');
    return this.#request.input;
  }

  get options(): JsonObject {
    this.#options ??= this.#declaredOptions();
    return this.#options;
  }

  #check(part: RequestPart): void {
    const declared = this.#phase.definition.uses.request;
    if (declared.includes(part)) return;
    throw undeclared(`\`request.${part}\``, this.#phase.id, `Add '${part}' to \`uses.request\` of the phase.`);
  }

  #declaredOptions(): JsonObject {
    const declared = new Set<string>(this.#phase.definition.uses.request);
    const phase = this.#phase.id;
    const all = this.#request.options ?? {};
    const visible: Record<string, JsonValue> = {};
    for (const [name, value] of Object.entries(all))
      if (declared.has(`options.${name}`) && value !== undefined) visible[name] = value;
    return new Proxy(Object.freeze(visible), {
      get(target, name) {
        if (typeof name === 'symbol' || declared.has(`options.${name}`)) return Reflect.get(target, name) as unknown;
        // What every object has, and what a promise or a serializer looks for, is no option.
        if (name in Object.prototype || name === 'then' || name === 'toJSON')
          return Reflect.get(target, name) as unknown;
        throw undeclared(
          `\`request.options.${name}\``,
          phase,
          `Add 'options.${name}' to \`uses.request\` of the phase.`,
        );
      },
    });
  }
}

/** The value of a declared part, for the key. */
export function requestPart(request: PipelineRequest, part: RequestPart): JsonValue {
  switch (part) {
    case 'text':
      return request.text;
    case 'seed':
      return request.seed;
    case 'words':
      return request.words ?? null;
    case 'input':
      return request.input ?? null;
    default:
      return request.options?.[part.slice('options.'.length)] ?? null;
  }
}
