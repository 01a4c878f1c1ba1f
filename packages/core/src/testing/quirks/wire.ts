import type { ServerResponse } from 'node:http';

/** What a quirk is told of the call that it answers. */
export interface QuirkCall {
  /** The parsed body. */
  readonly body: Readonly<Record<string, unknown>>;
  /** How many calls there have been, this one among them. */
  readonly number: number;
  /** Where it answers. */
  readonly response: ServerResponse;
}

/** What a person would want of a quirk. */
export interface QuirkOutcome {
  /** The code of the error that is right; `undefined` where the call should succeed. */
  readonly code?: string | undefined;
  /** Words of the provider that the message should hold. */
  readonly says?: string | undefined;
  /** Why a reply ended; `stop` where none is named. */
  readonly finishReason?: string | undefined;
}

/** One habit of a real server. */
export interface Quirk {
  /** Its name, for a path. */
  readonly name: string;
  /** Whether it concerns structured replies. */
  readonly structured: boolean;
  /** What should become of a call. */
  readonly outcome: QuirkOutcome;
  /** Answers a call. */
  readonly answer: (call: QuirkCall) => void;
}

/** The text that a quirk server replies with. */
export const quirkText = 'The tide follows the Moon: twice a day it comes and goes. Grüße, 日本語, 🌊.';

/** The value that a quirk server replies with, and the schema that it satisfies. */
export const quirkValue = { title: 'Tides', score: 0.7, points: ['Moon', 'Sun', 'Coast'] } as const;

/** The schema of {@link quirkValue}. */
export const quirkSchema = {
  type: 'object',
  properties: {
    title: { type: 'string' },
    score: { type: 'number', minimum: 0, maximum: 1 },
    points: { type: 'array', items: { type: 'string' }, minItems: 2, maxItems: 5 },
    note: { type: 'string' },
  },
  required: ['title', 'score', 'points'],
  additionalProperties: false,
} as const;

/** A chunk of a stream of chat completions. */
export function chunk(delta: object, finish: string | null = null, more: object = {}): object {
  return {
    id: 'c',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta, finish_reason: finish }],
    ...more,
  };
}

/** Begins a stream; what is returned writes an event, or a line as it is. */
export function openStream(
  { response }: QuirkCall,
  type = 'text/event-stream; charset=utf-8',
): (event: object | string) => void {
  response.writeHead(200, { 'content-type': type });
  return (event) => response.write(typeof event === 'string' ? event : `data: ${JSON.stringify(event)}\n\n`);
}

/** A whole stream of a text, in pieces of a few characters. */
export function streamText(
  call: QuirkCall,
  text: string,
  {
    finish = 'stop',
    done = true,
    counted = 20,
  }: { readonly finish?: string | null; readonly done?: boolean; readonly counted?: number } = {},
): void {
  const write = openStream(call);
  write(chunk({ role: 'assistant', content: '' }));
  const letters = Array.from(text);
  for (let at = 0; at < letters.length; at += 9) write(chunk({ content: letters.slice(at, at + 9).join('') }));
  if (finish !== null) write(chunk({}, finish));
  write({ id: 'c', choices: [], usage: { prompt_tokens: counted, completion_tokens: 30, total_tokens: counted + 30 } });
  if (done) write('data: [DONE]\n\n');
  call.response.end();
}

/** A reply of one piece: an error, a page, a whole completion. */
export function send(
  { response }: QuirkCall,
  status: number,
  body: object | string,
  headers: Readonly<Record<string, string>> = {},
): void {
  const type = typeof body === 'string' ? 'text/html' : 'application/json';
  response.writeHead(status, { 'content-type': type, ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** An error as OpenAI writes it. */
export function openaiError(message: string, more: object = {}): object {
  return { error: { message, type: 'invalid_request_error', param: null, code: null, ...more } };
}

/** A whole completion. */
export function completion(content: string): object {
  return {
    id: 'c',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 20, completion_tokens: 30, total_tokens: 50 },
  };
}
