import { brotliCompressSync } from 'node:zlib';

import {
  chunk,
  completion,
  openStream,
  openaiError,
  quirkText,
  send,
  streamText,
  type Quirk,
  type QuirkOutcome,
} from './wire.ts';

function quirk(name: string, outcome: QuirkOutcome, answer: Quirk['answer']): Quirk {
  return { name, structured: false, outcome, answer };
}

function ends(finish: string | null, finishReason = 'stop'): Quirk {
  const name = `ends-with-${finish === '' ? 'empty' : (finish ?? 'nothing')}`;
  return quirk(name, { finishReason }, (call) => streamText(call, quirkText, { finish }));
}

const page = (title: string): string => `<html><head><title>${title}</title></head><body>${title}</body></html>`;

/** How servers stream, and end. */
export const streamQuirks: readonly Quirk[] = [
  quirk('plain', {}, (call) => streamText(call, quirkText)),
  ...['stop', 'eos', 'eos_token', 'STOP', 'COMPLETE', 'end_turn', 'stop_sequence', 'tool_calls', 'end', '', null].map(
    (reason) => ends(reason),
  ),
  ...['length', 'max_tokens', 'MAX_TOKENS', 'model_length'].map((reason) => ends(reason, 'length')),
  ...['content_filter', 'SAFETY', 'RECITATION'].map((reason) => ends(reason, 'content-filter')),
  // About four characters of the messages are a token; what is beyond the context is dropped without a word.
  quirk('cuts-prompts-at-4096', {}, (call) => {
    const counted = Math.min(4096, Math.ceil(JSON.stringify(call.body['messages']).length / 4));
    streamText(call, quirkText, { counted });
  }),
  quirk('comments-between', {}, (call) => {
    const event = openStream(call);
    for (let count = 0; count < 3; count += 1) event(': PROCESSING\n\n');
    event(chunk({ content: quirkText }, 'stop'));
    event('data: [DONE]\n\n');
    call.response.end();
  }),
  quirk('pings-between', {}, (call) => {
    const event = openStream(call);
    event('event: ping\ndata: {"type": "ping"}\n\n');
    event(chunk({ content: quirkText }));
    event('event: ping\ndata: {"type": "ping"}\n\n');
    event(chunk({}, 'stop'));
    event('data: [DONE]\n\n');
    call.response.end();
  }),
  quirk('first-chunk-without-choices', {}, (call) => {
    const event = openStream(call);
    event({ id: '', object: '', created: 0, model: '', choices: [], prompt_filter_results: [{}] });
    event(chunk({ content: quirkText }, 'stop'));
    event('data: [DONE]\n\n');
    call.response.end();
  }),
  quirk('last-event-without-empty-line', {}, (call) => {
    const event = openStream(call);
    event(chunk({ content: quirkText }));
    event(`data: ${JSON.stringify(chunk({}, 'stop'))}`);
    call.response.end();
  }),
  quirk('usage-in-words', {}, (call) => {
    const event = openStream(call);
    event(chunk({ content: quirkText }, 'stop', { usage: { prompt_tokens: '20', completion_tokens: '30' } }));
    event('data: [DONE]\n\n');
    call.response.end();
  }),
  quirk('usage-null', {}, (call) => {
    const event = openStream(call);
    event(chunk({ content: quirkText }, 'stop', { usage: null }));
    event('data: [DONE]\n\n');
    call.response.end();
  }),
  quirk('two-ends', {}, (call) => {
    const event = openStream(call);
    event(chunk({ content: quirkText }));
    event(chunk({}, 'stop'));
    event(chunk({}, 'stop'));
    event('data: [DONE]\n\ndata: [DONE]\n\n');
    call.response.end();
  }),
  quirk('carriage-returns', {}, (call) => {
    const event = openStream(call);
    for (const data of [chunk({ content: quirkText }), chunk({}, 'stop')])
      event(`data:${JSON.stringify(data)}\r\n\r\n`);
    event('data:[DONE]\r\n\r\n');
    call.response.end();
  }),
  quirk('other-content-type', {}, (call) => {
    const event = openStream(call, 'application/octet-stream');
    event(chunk({ content: quirkText }, 'stop'));
    event('data: [DONE]\n\n');
    call.response.end();
  }),
  quirk('compressed', {}, (call) => {
    const text = `data: ${JSON.stringify(chunk({ content: quirkText }, 'stop'))}\n\ndata: [DONE]\n\n`;
    call.response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'br' });
    call.response.end(brotliCompressSync(text));
  }),
  quirk('whole-reply-to-a-stream', {}, (call) => send(call, 200, completion(quirkText))),
  quirk('error-in-success', { code: 'ERR_ORC_MODEL_UNAVAILABLE', says: 'still loading' }, (call) =>
    send(call, 200, { error: { message: 'The model is still loading', code: 503 } }),
  ),
  quirk('refused-key-in-success', { code: 'ERR_ORC_MODEL_AUTH' }, (call) =>
    send(call, 200, { error: { message: 'Invalid API key', code: 401 } }),
  ),
  quirk('error-in-stream', { code: 'ERR_ORC_MODEL_UNAVAILABLE', says: 'had an error' }, (call) => {
    const event = openStream(call);
    event({ ...openaiError('The server had an error', { type: 'server_error' }), choices: [] });
    call.response.end();
  }),
  quirk('too-long-in-stream', { code: 'ERR_ORC_MODEL_CONTEXT' }, (call) => {
    const event = openStream(call);
    event({ error: { code: 400, message: 'prompt is too long: 1284668 tokens > 1000000 maximum' }, choices: [] });
    call.response.end();
  }),
  quirk('ends-at-once', { code: 'ERR_ORC_MODEL_OUTPUT' }, (call) => {
    openStream(call)('data: [DONE]\n\n');
    call.response.end();
  }),
  quirk('breaks-off', { code: 'ERR_ORC_MODEL_STREAM' }, (call) => {
    openStream(call)(chunk({ content: 'The tide ' }));
    call.response.end();
  }),
  quirk('page-in-success', { code: 'ERR_ORC_MODEL_UNAVAILABLE', says: 'Sign in' }, (call) =>
    send(call, 200, page('Sign in to the network')),
  ),
  quirk('page-twice-then-reply', {}, (call) => {
    if (call.number < 2) send(call, 502, page('502 Bad Gateway'));
    else streamText(call, quirkText);
  }),
];
