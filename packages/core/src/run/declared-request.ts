import type { JsonObject, JsonValue } from '@orc/cache';

import { OrcError } from '../errors.ts';
import type { Phase } from '../pipeline/phase.ts';
import type { PhaseRequest, PipelineRequest, RequestPart } from '../pipeline/request.ts';
import { declaredMembers, guardOf, type Guard } from './declared-members.ts';

/** Refuses to hand out what is not part of the key. */
export function undeclared(what: string, phase: string, hint: string): OrcError {
  return new OrcError('ERR_ORC_UNDECLARED', `Phase \`${phase}\` reads ${what} without declaring it`, {
    phase,
    hint,
    retryable: false,
  });
}

const plainParts = ['text', 'seed', 'words', 'input'] as const;

/**
 * The request as one phase may see it. What the phase declares are members of its own, so that `{ ...request }` copies just those; what it
 * does not declare is not in its key, and reading it throws `ERR_ORC_UNDECLARED`.
 */
export class DeclaredRequest implements PhaseRequest {
  readonly #request: PipelineRequest;
  readonly #phase: Phase;

  /** Wraps a request for a phase. */
  constructor(request: PipelineRequest, phase: Phase) {
    this.#request = request;
    this.#phase = phase;
    const declared = phase.definition.uses.request;
    for (const part of plainParts) {
      if (declared.includes(part) || (part === 'seed' && phase.kind === 'llm')) this.#own(part, request[part]);
    }
    if (optionsGuard(phase).names.length > 0) this.#own('options', this.#declaredOptions());
  }

  get text(): string {
    throw this.#undeclared('text');
  }

  get seed(): number {
    throw this.#undeclared('seed');
  }

  get words(): number | undefined {
    throw this.#undeclared('words');
  }

  get input(): string | undefined {
    throw this.#undeclared('input');
  }

  get options(): JsonObject {
    return this.#declaredOptions();
  }

  // An own member hides the getter of the class.
  #own(part: keyof PhaseRequest, value: unknown): void {
    Object.defineProperty(this, part, { value, enumerable: value !== undefined });
  }

  #undeclared(part: RequestPart): OrcError {
    return undeclared(`\`request.${part}\``, this.#phase.id, `Add '${part}' to \`uses.request\` of the phase.`);
  }

  #declaredOptions(): JsonObject {
    return declaredMembers(this.#request.options ?? {}, optionsGuard(this.#phase));
  }
}

const guards = new WeakMap<Phase, Guard>();

function optionsGuard(phase: Phase): Guard {
  let guard = guards.get(phase);
  if (guard === undefined) {
    const names = phase.definition.uses.request.flatMap((part) =>
      part.startsWith('options.') ? [part.slice('options.'.length)] : [],
    );
    guard = guardOf(names, (name) =>
      undeclared(`\`request.options.${name}\``, phase.id, `Add 'options.${name}' to \`uses.request\` of the phase.`),
    );
    guards.set(phase, guard);
  }
  return guard;
}

/** The value of a declared part, for the key; `undefined` where it is not there. */
export function requestPart(request: PipelineRequest, part: RequestPart): JsonValue | undefined {
  switch (part) {
    case 'text':
      return request.text;
    case 'seed':
      return request.seed;
    case 'words':
      return request.words;
    case 'input':
      return request.input;
    default: {
      const { options = {} } = request;
      const name = part.slice('options.'.length);
      return Object.hasOwn(options, name) ? options[name] : undefined;
    }
  }
}
