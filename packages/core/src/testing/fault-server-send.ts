import type { ServerResponse } from 'node:http';

import type { FaultKind } from './fault-server-plan.ts';
import type { WireBody, WireErrorKind, WireFormat, WireReply } from './fault-server-wire.ts';

/** A fault and where it goes. */
export interface FaultToSend {
  /** The fault. */
  readonly fault: FaultKind;
  /** The API's format. */
  readonly format: WireFormat;
  /** The reply that would have been given. */
  readonly reply: WireReply;
  /** The body of the request. */
  readonly body: WireBody;
  /** Where it goes. */
  readonly outgoing: ServerResponse;
  /** What `Retry-After` asks for, in milliseconds. */
  readonly retryAfterMs: number;
  /** Milliseconds since the epoch, for the date. */
  readonly now: number;
}

/** Sends a fault; returns `false` where the fault lies in the reply's text alone, which is then sent as usual. */
export async function sendFault({
  fault,
  format,
  reply,
  body,
  outgoing,
  retryAfterMs,
  now,
}: FaultToSend): Promise<boolean> {
  const fail = (
    status: number,
    kind: WireErrorKind,
    message: string,
    headers: Readonly<Record<string, string>> = {},
  ): true => {
    outgoing
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(JSON.stringify(format.error(kind, message)));
    return true;
  };
  const seconds = Math.ceil(retryAfterMs / 1000);
  switch (fault) {
    case 'rate-limit':
      return fail(429, 'rate-limit', 'Rate limit reached for requests per minute', { 'retry-after': String(seconds) });
    case 'rate-limit-date':
      // A date has no fractions: the next whole second is not too early.
      return fail(429, 'rate-limit', 'Rate limit reached for requests per minute', {
        'retry-after': new Date(Math.ceil((now + retryAfterMs) / 1000) * 1000).toUTCString(),
      });
    case 'server-error':
      return fail(500, 'server-error', 'The server had an error while processing your request');
    case 'overloaded':
      return fail(format.path === '/messages' ? 529 : 503, 'overloaded', 'Overloaded');
    case 'unauthorized':
      // Real providers quote a part of the key; this one quotes nothing it was not sent.
      return fail(401, 'unauthorized', 'Incorrect API key provided');
    case 'quota':
      return format.path === '/messages'
        ? fail(
            400,
            'quota',
            'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.',
          )
        : fail(429, 'quota', 'You exceeded your current quota, please check your plan and billing details.');
    case 'context':
      return format.path === '/messages'
        ? fail(400, 'context', 'prompt is too long: 210000 tokens > 200000 maximum')
        : fail(
            400,
            'context',
            "This model's maximum context length is 128000 tokens. However, your messages resulted in 210000 tokens.",
          );
    case 'content-type':
      outgoing
        .writeHead(200, { 'content-type': 'text/html' })
        .end('<!doctype html><title>Sign in</title><p>Please sign in to the network.</p>');
      return true;
    case 'reset':
      outgoing.socket?.destroy();
      return true;
    case 'cut':
    case 'early-end':
    case 'stream-error':
    case 'stall':
      await sendHalf({ fault, format, reply, body, outgoing });
      return true;
    case 'truncate':
    case 'refuse':
    case 'bad-json':
      return false;
    default:
      return fault satisfies never;
  }
}

async function sendHalf({
  fault,
  format,
  reply,
  body,
  outgoing,
}: Pick<FaultToSend, 'fault' | 'format' | 'reply' | 'body' | 'outgoing'>): Promise<void> {
  const events = format.stream(reply, body);
  outgoing.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  // Also the shortest reply stops before the event that says it is whole.
  const half = events.slice(0, Math.max(1, Math.floor(events.length / 2) - 1)).join('');
  await new Promise<void>((resolve) => {
    outgoing.write(half, () => resolve());
  });
  if (fault === 'cut') outgoing.destroy();
  if (fault === 'early-end') outgoing.end();
  if (fault === 'stream-error') outgoing.end(format.streamError);
}
