import type { JsonSchema, ModelRequest } from '../ai/model-client.ts';

/** A whole reply, before it is put on the wire. */
export interface WireReply {
  /** The text. */
  readonly text: string;
  /** Why it ended. */
  readonly end: 'stop' | 'length' | 'refusal';
  /** Tokens of the request. */
  readonly inputTokens: number;
  /** The part of them that came from the provider's prompt cache. */
  readonly cachedInputTokens: number;
  /** Tokens of the reply. */
  readonly outputTokens: number;
}

/** One API's format: how its requests are read and its replies are written. */
export interface WireFormat {
  /** The path under the base address. */
  readonly path: string;
  /** Reads a request. */
  readonly read: (body: WireBody) => ModelRequest;
  /** The server-sent events of a streamed reply, as texts for the wire, the text in several pieces. */
  readonly stream: (reply: WireReply, body: WireBody) => readonly string[];
  /** The body of a reply that is not streamed. */
  readonly whole: (reply: WireReply, body: WireBody) => unknown;
  /** The body of an error. */
  readonly error: (kind: WireErrorKind, message: string) => unknown;
  /** An error in the middle of a stream. */
  readonly streamError: string;
}

/** The kinds of errors that both APIs know. */
export type WireErrorKind =
  | 'rate-limit'
  | 'server-error'
  | 'overloaded'
  | 'unauthorized'
  | 'quota'
  | 'context'
  | 'bad-request';

/** A parsed JSON body. */
export type WireBody = Readonly<Record<string, unknown>>;

/** A server-sent event. */
export function sse(data: unknown, event?: string): string {
  return `${event === undefined ? '' : `event: ${event}\n`}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;
}

/** A text in pieces of a few words, as a model streams it. */
export function pieces(text: string): readonly string[] {
  return text.match(/[\s\S]{1,48}/g) ?? [''];
}

/** A member of an object that is an object itself. */
export function bag(value: unknown, name: string): WireBody {
  const member = (value as WireBody | undefined)?.[name];
  return typeof member === 'object' && member !== null ? (member as WireBody) : {};
}

/** The text of a message's content, which is a text or a list of parts. */
export function contentText(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part) => (part as { readonly text?: string }).text ?? '').join('');
}

/** A request from what both formats have in common. */
export function requestOf(parts: {
  readonly system: string;
  readonly prompt: string;
  readonly schema: unknown;
  readonly temperature: unknown;
  readonly topP: unknown;
  readonly maxOutputTokens: unknown;
  readonly stop: unknown;
  readonly seed: unknown;
}): ModelRequest {
  const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
  const stop =
    typeof parts.stop === 'string' ? [parts.stop] : Array.isArray(parts.stop) ? parts.stop.map(String) : undefined;
  return {
    ...(parts.system === '' ? {} : { system: parts.system }),
    prompt: parts.prompt,
    schema: typeof parts.schema === 'object' && parts.schema !== null ? (parts.schema as JsonSchema) : undefined,
    temperature: number(parts.temperature),
    topP: number(parts.topP),
    maxOutputTokens: number(parts.maxOutputTokens),
    stop,
    seed: number(parts.seed),
  };
}
