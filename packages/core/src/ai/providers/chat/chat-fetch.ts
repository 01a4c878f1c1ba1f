import { isWebPage } from '../../call/provider-words.ts';
import { completionAsStream, normalizedStream } from './chat-stream.ts';

/** What a server does not take, learnt or known beforehand. */
export interface ChatWire {
  /** `stream_options`. */
  readonly omitUsage: boolean;
  /** Streaming itself: the whole reply is asked for. */
  readonly omitStream: boolean;
  /** Members of the body that have another name there. */
  readonly rename: Readonly<Record<string, string>>;
}

// Longer than any completion: what is longer is no completion.
const longestReply = 16 * 1024 * 1024;

/** Requests to a server of chat completions: sent without what it does not take, answered in the form that is documented. */
export function chatFetch(fetch: typeof globalThis.fetch, wire: () => ChatWire): typeof globalThis.fetch {
  return async (input, init) => {
    const response = await fetch(input, { ...init, ...sentBody(init?.body, wire()) });
    return response.ok ? normalized(response) : response;
  };
}

function sentBody(
  text: NonNullable<RequestInit['body']> | null | undefined,
  { omitUsage, omitStream, rename }: ChatWire,
): { readonly body?: string } {
  if (typeof text !== 'string') return {};
  // The body is one that the provider's package has just written.
  const body = JSON.parse(text) as Record<string, unknown>;
  if (omitUsage || omitStream) delete body['stream_options'];
  if (omitStream) delete body['stream'];
  for (const [name, other] of Object.entries(rename)) {
    if (!Object.hasOwn(body, name)) continue;
    body[other] = body[name];
    delete body[name];
  }
  return { body: JSON.stringify(body) };
}

async function normalized(response: Response): Promise<Response> {
  const { body, headers, status } = response;
  const type = headers.get('content-type') ?? '';
  if (body === null) return response;
  if (!/\b(json|html)\b/i.test(type))
    return new Response(body.pipeThrough(normalizedStream()), { status, headers: streamHeaders(headers) });
  const text = await bounded(body);
  const value = isWebPage(text) ? undefined : parsed(text);
  if (value === undefined || !(hasChoices(value) || hasError(value))) throw noCompletion(text, status);
  if (hasChoices(value)) return new Response(completionAsStream(value), { status, headers: streamHeaders(headers) });
  // An error in a reply of success is that error.
  return new Response(text, { status: statusIn(value), headers: { 'content-type': type } });
}

function streamHeaders(headers: Headers): Headers {
  const kept = new Headers(headers);
  kept.set('content-type', 'text/event-stream');
  // The body has been decoded, and its length is another one.
  kept.delete('content-encoding');
  kept.delete('content-length');
  return kept;
}

async function bounded(body: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of body) {
    text += decoder.decode(bytes, { stream: true });
    if (text.length > longestReply) throw new Error('The reply is longer than 16 MB');
  }
  return text + decoder.decode();
}

function hasChoices(value: unknown): boolean {
  const choices = member(value, 'choices');
  return Array.isArray(choices) && choices.length > 0;
}

function hasError(value: unknown): boolean {
  return (member(value, 'error') ?? member(value, 'detail') ?? undefined) !== undefined;
}

function statusIn(value: unknown): number {
  const error = member(value, 'error');
  const codes = [error, value].flatMap((one) => [member(one, 'code'), member(one, 'status')]);
  return codes.map(Number).find((code) => Number.isInteger(code) && code >= 400 && code <= 599) ?? 502;
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

// The members are those by which a failure of the provider's package is read.
function noCompletion(responseBody: string, statusCode: number): Error {
  return Object.assign(new Error('The reply is no chat completion'), { responseBody, statusCode });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
