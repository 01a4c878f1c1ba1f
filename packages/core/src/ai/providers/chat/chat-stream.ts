import { createParser, type EventSourceMessage } from 'eventsource-parser';

import { finishReasonOf } from '../finish-reasons.ts';
import { chunkSchema, type ChatChunk, type ChatMessage, type ChatPart } from './chunk.ts';

const done = '[DONE]';

/**
 * Rewrites a stream of chat completions, as servers really send them, to the few members of it that count, in the form
 * that OpenAI documents: finish reasons by their meaning, an end by `[DONE]` alone, content in parts, arguments of a tool
 * as content, a reply that stands in the reasoning alone. What is no chunk (`ping`, comments) is left out; errors and
 * what is no JSON are handed on as they are.
 */
export function normalizedStream(): TransformStream<Uint8Array, Uint8Array> {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  let reply = new ChatReply();
  let send: (data: string) => void = () => undefined;
  const parser = createParser({
    onEvent: ({ data }: EventSourceMessage) => {
      for (const line of reply.next(data)) send(line);
    },
  });
  return new TransformStream({
    start: (controller) => {
      reply = new ChatReply();
      send = (data) => controller.enqueue(encoder.encode(`data: ${data}\n\n`));
    },
    transform: (bytes) => parser.feed(decoder.decode(bytes, { stream: true })),
    flush: () => {
      // An event without the empty line that ends it is what a server sends that closes at once.
      parser.feed(`${decoder.decode()}\n\n`);
      for (const line of reply.end()) send(line);
    },
  });
}

/** A whole completion as the stream that it would have been. */
export function completionAsStream(completion: unknown): string {
  const reply = new ChatReply();
  const lines = [...reply.next(JSON.stringify(completion)), ...reply.next(done), ...reply.end()];
  return lines.map((data) => `data: ${data}\n\n`).join('');
}

/** One reply that is being read. */
class ChatReply {
  #content = '';
  #reasoning = '';
  #arguments = '';
  #reason: string | undefined;
  #usage: ChatChunk['usage'];
  #broken = false;
  #ended = false;

  /** Reads the data of one event and says what is handed on for it. */
  next(data: string): readonly string[] {
    if (this.#ended) return [];
    if (data.trim() === done) return this.#finish(true);
    const value = parsed(data);
    if (value === undefined) {
      this.#broken = true;
      return [data];
    }
    const read = chunkSchema.safeParse(value);
    if (!read.success) return [];
    const { choices, usage, x_groq: groq, error } = read.data;
    if (error !== undefined && error !== null) {
      this.#broken = true;
      return [JSON.stringify({ error: typeof error === 'string' ? { message: error } : error })];
    }
    const counted = usage ?? groq?.usage;
    if (counted !== undefined && counted !== null) this.#usage = counted;
    const choice = choices?.[0];
    if (choice === undefined) return [];
    if (choice.finish_reason !== undefined && choice.finish_reason !== null) this.#reason = choice.finish_reason;
    const delta = this.#delta(choice.delta ?? choice.message, choice.text ?? '');
    return delta === undefined ? [] : [chunk({ delta })];
  }

  /** The stream has ended. */
  end(): readonly string[] {
    return this.#ended || this.#broken ? [] : this.#finish(false);
  }

  #delta(message: ChatMessage | null | undefined, plain: string): object | undefined {
    const { content: given, refusal, tool_calls: calls } = message ?? {};
    const parts = typeof given === 'string' ? [{ type: 'text', text: given }] : (given ?? []);
    const content = plain + parts.map((part) => (part.type === 'thinking' ? '' : (part.text ?? ''))).join('');
    const thoughts = parts.map((part) => (part.type === 'thinking' ? thoughtOf(part) : '')).join('');
    const reasoning = (message?.reasoning_content ?? message?.reasoning ?? '') + thoughts;
    this.#content += content;
    this.#reasoning += reasoning;
    for (const call of calls ?? []) this.#arguments += call.function?.arguments ?? '';
    if (content === '' && reasoning === '' && (refusal ?? '') === '') return undefined;
    return {
      ...(content === '' ? {} : { content }),
      ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
      ...(refusal === undefined || refusal === null ? {} : { refusal }),
    };
  }

  #finish(byWord: boolean): readonly string[] {
    this.#ended = true;
    const lines: string[] = [];
    // Asked for a value, some models answer as if a tool had been offered, and some servers take it for a thought.
    const instead = this.#arguments !== '' ? this.#arguments : jsonIn(this.#reasoning);
    if (this.#content.trim() === '' && instead !== '') lines.push(chunk({ delta: { content: instead } }));
    const raw = this.#reason;
    // Only its own word tells that a stream without a reason is whole.
    const reason = raw === undefined || raw === '' ? (byWord || raw === '' ? 'stop' : undefined) : wordFor(raw);
    if (reason !== undefined) lines.push(chunk({ delta: {}, finish_reason: reason }));
    if (this.#usage !== undefined) lines.push(JSON.stringify({ id: 'reply', choices: [], usage: this.#usage }));
    return [...lines, done];
  }
}

function chunk(choice: object): string {
  return JSON.stringify({ id: 'reply', choices: [{ index: 0, ...choice }] });
}

// In the words that OpenAI documents; a reason that nobody knows is handed on as it is.
function wordFor(raw: string): string {
  const reason = finishReasonOf(raw);
  if (reason === 'content-filter') return 'content_filter';
  return reason === 'other' || reason === 'error' ? raw : reason;
}

function thoughtOf({ text, thinking }: ChatPart): string {
  if (typeof thinking === 'string') return thinking;
  if (!Array.isArray(thinking)) return text ?? '';
  return (thinking as readonly { readonly text?: unknown }[])
    .map((one) => (typeof one?.text === 'string' ? one.text : ''))
    .join('');
}

function jsonIn(reasoning: string): string {
  const text = reasoning.trim();
  return /^[[{]/.test(text) && /[\]}]$/.test(text) && parsed(text) !== undefined ? text : '';
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data) as unknown;
  } catch {
    return undefined;
  }
}
