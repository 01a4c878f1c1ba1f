import { digest, type JsonObject } from '@orc/cache';

import { OrcError, shown } from '../errors.ts';

/** What a run is asked for, resolved: everything that can shape a result stands here or in the model's identity. */
export interface PipelineRequest {
  /** The user's text. */
  readonly text: string;
  /** Seed of everything random: the same request with the same seed gives the same result. */
  readonly seed: number;
  /** How many words the result should have, where the user or the pipeline says so. */
  readonly words?: number | undefined;
  /** An absolute folder to read from. */
  readonly input?: string | undefined;
  /** The pipeline's own options. */
  readonly options?: JsonObject | undefined;
}

/** A part of the request that a phase can declare. */
export type RequestPart = 'text' | 'words' | 'seed' | 'input' | `options.${string}`;

/** What a phase sees of the request: reading a part that it did not declare throws `ERR_ORC_UNDECLARED`. */
export interface PhaseRequest {
  /** The user's text. */
  readonly text: string;
  /** The seed. */
  readonly seed: number;
  /** The word target, where there is one. */
  readonly words: number | undefined;
  /** The folder to read from, where there is one. */
  readonly input: string | undefined;
  /** The pipeline's own options, declared one by one as `options.<name>`. */
  readonly options: JsonObject;
}

/** Checks a request. Throws `ERR_ORC_REQUEST`. */
export function checkRequest(request: PipelineRequest): void {
  const bad = (what: string, expected: string, got: unknown): never => {
    throw new OrcError('ERR_ORC_REQUEST', `Expected \`request.${what}\` to be ${expected}, got ${shown(got)}`);
  };
  if (typeof request !== 'object' || request === null) {
    throw new OrcError('ERR_ORC_REQUEST', `Expected a request object, got ${shown(request)}`);
  }
  if (typeof request.text !== 'string') bad('text', 'a string', request.text);
  if (!Number.isSafeInteger(request.seed)) bad('seed', 'a safe integer', request.seed);
  if (request.words !== undefined && (!Number.isSafeInteger(request.words) || request.words < 1)) {
    bad('words', 'an integer >= 1', request.words);
  }
  if (request.input !== undefined && typeof request.input !== 'string') bad('input', 'a path', request.input);
  if (request.options !== undefined && (typeof request.options !== 'object' || request.options === null)) {
    bad('options', 'an object', request.options);
  }
  for (const [name, value] of Object.entries(request.options ?? {})) {
    // Checked as the key will make it: what can't be in a key can't shape a result.
    try {
      if (value !== undefined) digest(value);
    } catch (cause) {
      throw new OrcError('ERR_ORC_REQUEST', `Expected \`request.options.${name}\` to be JSON, got ${shown(value)}`, {
        cause,
        hint: 'Options are part of keys and sessions: texts, numbers, booleans, null, arrays and plain objects.',
      });
    }
  }
}
