import { partsOf, type RequestParameter } from '../call/request-parts.ts';
import type { ModelRequest } from '../model-client.ts';
import type { ModelError } from '../model-error.ts';
import type { ChatWire } from '../providers/chat/chat-fetch.ts';
import type { DialectFacts } from './known-facts.ts';

const words: Readonly<Record<RequestParameter, string>> = {
  temperature: '`temperature`',
  topP: '`top_p`',
  seed: '`seed`',
  stop: '`stop`',
  maxOutputTokens: 'a limit of output tokens',
  system: 'a system message',
  schema: 'a JSON Schema',
  stream: 'streaming',
  usage: '`stream_options`',
};

// What may be left out together where a refusal names nothing: a reply without them is still a reply to the request.
const optional: readonly RequestParameter[] = ['temperature', 'topP', 'seed', 'stop', 'usage'];

/** What a model behind an endpoint takes, as far as it is known: beforehand, and from what it refused. */
export class Dialect {
  readonly #omits: Set<RequestParameter>;
  readonly #rename: Record<string, string>;

  /** Begins with what is known beforehand. */
  constructor({ omits, rename }: DialectFacts) {
    this.#omits = new Set(omits);
    this.#rename = { ...rename };
  }

  /** What concerns the body of a chat completion alone. */
  get wire(): ChatWire {
    return { omitUsage: this.#omits.has('usage'), omitStream: this.#omits.has('stream'), rename: this.#rename };
  }

  /** The request without what is not taken; instructions stand before the request then. */
  adapt(request: ModelRequest): ModelRequest {
    const { system, prompt } = request;
    const omit = (part: RequestParameter): boolean => this.#omits.has(part);
    return {
      ...request,
      ...(omit('system') && system !== undefined ? { system: undefined, prompt: `${system}\n\n${prompt}` } : {}),
      ...(omit('temperature') ? { temperature: undefined } : {}),
      ...(omit('topP') ? { topP: undefined } : {}),
      ...(omit('seed') ? { seed: undefined } : {}),
      ...(omit('stop') ? { stop: undefined } : {}),
      ...(omit('maxOutputTokens') ? { maxOutputTokens: undefined } : {}),
    };
  }

  /**
   * The parts that a refused request had and that may be the cause: those that the provider's words name, else, where they
   * name none of them, all that may be left out. Empty where there is nothing to try.
   */
  suspects(error: ModelError, request: ModelRequest): readonly RequestParameter[] {
    const { status, code, named } = error;
    if (status === undefined || code === 'ERR_ORC_MODEL_CONTEXT') return [];
    const refusal = [400, 404, 405, 415, 422, 501].includes(status) && code !== 'ERR_ORC_MODEL_AUTH';
    if (!refusal || error.retryable === true) return [];
    const sent: readonly RequestParameter[] = partsOf(request).filter((part) => part !== 'schema');
    const guilty = sent.filter((part) => named.includes(part) && !this.#leftOut(part));
    // `stream` stands in many a sentence about `stream_options`.
    if (guilty.length > 0) return guilty.includes('usage') ? guilty.filter((part) => part !== 'stream') : guilty;
    // A refusal that names the schema is not for here, nor one that names the model.
    if (named.includes('schema') || request.schema !== undefined || code !== 'ERR_ORC_MODEL_REQUEST') return [];
    return named.length > 0 ? [] : optional.filter((part) => sent.includes(part) && !this.#leftOut(part));
  }

  /** Leaves parts out from now on. Returns how to take that back. */
  leaveOut(parts: readonly RequestParameter[]): () => void {
    const added = parts.filter((part) => !this.#omits.has(part));
    const renames = added.includes('maxOutputTokens') && this.#rename['max_tokens'] === undefined;
    // The newer name comes first; a server that refuses that one too takes no limit at all.
    if (renames) this.#rename['max_tokens'] = 'max_completion_tokens';
    const omitted = renames ? added.filter((part) => part !== 'maxOutputTokens') : added;
    for (const part of omitted) this.#omits.add(part);
    return () => {
      for (const part of omitted) this.#omits.delete(part);
      if (renames) delete this.#rename['max_tokens'];
    };
  }

  #leftOut(part: RequestParameter): boolean {
    return this.#omits.has(part);
  }
}

/** Parts of a request in words. */
export function inWords(parts: readonly RequestParameter[]): string {
  return parts.map((part) => words[part]).join(', ');
}
