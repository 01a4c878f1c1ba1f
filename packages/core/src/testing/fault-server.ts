import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { ModelRequest } from '../ai/model-client.ts';
import { estimateInputTokens, estimateTokens } from '../ai/token-estimate.ts';
import { systemClock, type Clock } from '../clock.ts';
import { anthropicMessages } from './fault-server-anthropic.ts';
import { chatCompletions, responses } from './fault-server-openai.ts';
import { FaultPlan, passingFaults, type FaultKind } from './fault-server-plan.ts';
import { sendFault } from './fault-server-send.ts';
import type { WireBody, WireFormat, WireReply } from './fault-server-wire.ts';

/** How the server answers and fails. */
export interface FaultServerOptions {
  /**
   * Chooses which calls fail, and how.
   * @defaultValue 1
   */
  readonly seed?: number | undefined;
  /**
   * The part of the calls that fail, 0 to 1.
   * @defaultValue 0
   */
  readonly failRate?: number | undefined;
  /**
   * The faults to draw from.
   * @defaultValue the ones that pass: a client that tries again gets its reply
   */
  readonly faults?: readonly FaultKind[] | undefined;
  /** Decides about each call itself, by its number from 1, before the seeded plan is asked. `'none'` = it is answered. */
  readonly script?: ((call: number) => FaultKind | 'none' | undefined) | undefined;
  /**
   * Whose API it speaks.
   * @defaultValue 'openai'
   */
  readonly flavour?: 'openai' | 'anthropic' | undefined;
  /**
   * Writes the replies.
   * @defaultValue the built-in `offline/scribe`, so that a whole pipeline completes against the server
   */
  readonly reply?: ((request: ModelRequest) => string | Promise<string>) | undefined;
  /**
   * What `Retry-After` asks for, in milliseconds; sent in whole seconds.
   * @defaultValue 1000
   */
  readonly retryAfterMs?: number | undefined;
  /** The key that a call must bring; others get 401. */
  readonly apiKey?: string | undefined;
  /**
   * Where the `Retry-After` date counts from.
   * @defaultValue the real time
   */
  readonly clock?: Clock | undefined;
}

/** A call that the server has seen. */
export interface FaultServerCall {
  /** Its path. */
  readonly path: string;
  /** What was asked. */
  readonly request: ModelRequest;
  /** The whole body. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The fault it got, if any. */
  readonly fault: FaultKind | undefined;
}

/** A running server. */
export interface FaultServer extends AsyncDisposable {
  /** The base address for a client, with `/v1`. */
  readonly url: string;
  /** The calls so far, in the order they came. */
  readonly calls: readonly FaultServerCall[];
  /** Stops it and cuts what is still open. */
  close(): Promise<void>;
}

/**
 * Starts a server on a free loopback port that speaks OpenAI's (chat completions, responses) or Anthropic's format and fails a seeded part of its calls.
 * Which calls fail depends on the seed and on what is asked, so that a run is the same each time, whatever the order of its calls.
 *
 * @example
 * ```ts
 * import { resolveModel } from '@orc/core/ai';
 * import { startFaultServer } from '@orc/core/testing';
 *
 * await using server = await startFaultServer({ seed: 7, failRate: 0.3 });
 * const model = await resolveModel('compatible/test', { config: { baseUrl: server.url, maxRetries: 10 } });
 * ```
 */
export async function startFaultServer(options: FaultServerOptions = {}): Promise<FaultServer> {
  const { seed = 1, failRate = 0, faults = passingFaults, flavour = 'openai', clock = systemClock } = options;
  const plan = new FaultPlan(seed, failRate, faults);
  const formats = flavour === 'openai' ? [chatCompletions, responses] : [anthropicMessages];
  const calls: FaultServerCall[] = [];
  const replies = replyWriter(options.reply);

  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const path = incoming.url ?? '';
    const format = formats.find((candidate) => path.endsWith(candidate.path));
    const text = await bodyText(incoming);
    if (format === undefined) {
      sendJson(outgoing, 404, formats[0]?.error('bad-request', `There is no ${path}`));
      return;
    }
    const body = JSON.parse(text) as WireBody;
    const request = format.read(body);
    const scripted = options.script?.(calls.length + 1);
    const planned = scripted ?? plan.next(path + text);
    const fault =
      options.apiKey !== undefined && !bringsKey(incoming, options.apiKey)
        ? 'unauthorized'
        : planned === 'none'
          ? undefined
          : planned;
    calls.push({ path, request, body, fault });
    const reply = await replies(request, fault);
    if (
      fault !== undefined &&
      (await sendFault({
        fault,
        format,
        reply,
        body,
        outgoing,
        retryAfterMs: options.retryAfterMs ?? 1000,
        now: clock.now(),
      }))
    )
      return;
    sendReply(format, reply, body, outgoing);
  };

  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch((error: unknown) => {
      if (!outgoing.headersSent)
        sendJson(outgoing, 400, { error: { message: String(error), type: 'invalid_request_error' } });
      else outgoing.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    calls,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function replyWriter(
  own: FaultServerOptions['reply'],
): (request: ModelRequest, fault: FaultKind | undefined) => Promise<WireReply> {
  return async (request, fault) => {
    const text =
      fault === 'refuse'
        ? 'I cannot help with that.'
        : own === undefined
          ? await scribeText(request)
          : await own(request);
    const shown =
      fault === 'truncate'
        ? text.slice(0, Math.ceil(text.length / 2))
        : fault === 'bad-json'
          ? `Sure! ${text.slice(0, Math.ceil(text.length / 2))}`
          : text;
    return {
      text: shown,
      end: fault === 'truncate' ? 'length' : fault === 'refuse' ? 'refusal' : 'stop',
      inputTokens: estimateInputTokens(request),
      cachedInputTokens: request.system === undefined ? 0 : estimateTokens(request.system),
      outputTokens: estimateTokens(shown),
    };
  };
}

async function scribeText(request: ModelRequest): Promise<string> {
  const { createScribe } = await import('../ai/scribe/index.ts');
  const { text } = await createScribe('offline/scribe').generate(request);
  return text;
}

function sendReply(format: WireFormat, reply: WireReply, body: WireBody, outgoing: ServerResponse): void {
  if (body['stream'] !== true) {
    sendJson(outgoing, 200, format.whole(reply, body));
    return;
  }
  outgoing.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  for (const event of format.stream(reply, body)) outgoing.write(event);
  outgoing.end();
}

function sendJson(outgoing: ServerResponse, status: number, body: unknown): void {
  outgoing.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function bringsKey(incoming: IncomingMessage, key: string): boolean {
  return incoming.headers['authorization'] === `Bearer ${key}` || incoming.headers['x-api-key'] === key;
}

async function bodyText(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
