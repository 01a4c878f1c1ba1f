import { openaiError, quirkText, send, streamText, type Quirk, type QuirkOutcome } from './wire.ts';

function fails(
  name: string,
  outcome: QuirkOutcome,
  status: number,
  body: object | string,
  headers: Readonly<Record<string, string>> = {},
): Quirk {
  return { name, structured: false, outcome, answer: (call) => send(call, status, body, headers) };
}

const request = { code: 'ERR_ORC_MODEL_REQUEST', says: 'flux capacitor' };
const context = { code: 'ERR_ORC_MODEL_CONTEXT' };
const page = '<!doctype html><html><head><title>Attention required</title></head></html>';

/** How servers fail, in their own words. */
export const errorQuirks: readonly Quirk[] = [
  fails('error-message', request, 400, openaiError('The flux capacitor is not set')),
  fails('error-text', request, 400, { error: 'The flux capacitor is not set' }),
  fails('error-detail', request, 400, { detail: 'The flux capacitor is not set' }),
  fails('error-list', request, 400, [{ error: { code: 400, message: 'The flux capacitor is not set' } }]),
  fails('error-places', request, 422, { detail: [{ loc: ['body', 'flux'], msg: 'flux capacitor missing' }] }),
  fails('error-behind-a-router', request, 400, {
    error: { message: 'Provider returned error', metadata: { raw: '{"message":"flux capacitor"}' } },
  }),
  fails(
    'too-long',
    context,
    400,
    openaiError("This model's maximum context length is 8192 tokens.", { code: 'context_length_exceeded' }),
  ),
  fails('too-long-as-text', context, 400, { error: 'the model is loaded with context length of only 4096 tokens' }),
  fails('too-long-as-prompt', context, 400, {
    error: "This model's maximum prompt length is 131072 but the request contains 200000 tokens.",
  }),
  fails('too-long-inputs', context, 422, { error: '`inputs` tokens + `max_new_tokens` must be <= 4096' }),
  fails('too-long-reduce', context, 400, openaiError('Please reduce the length of the messages or completion.')),
  fails('wrong-key', { code: 'ERR_ORC_MODEL_AUTH' }, 401, openaiError('Incorrect API key provided')),
  fails('no-credit', { code: 'ERR_ORC_MODEL_QUOTA' }, 402, {
    error: { message: 'This request requires more credits', code: 402 },
  }),
  fails(
    'usage-limits',
    { code: 'ERR_ORC_MODEL_QUOTA' },
    400,
    openaiError('You have reached your specified API usage limits. You will regain access on 2026-02-01.'),
  ),
  fails('free-a-day', { code: 'ERR_ORC_MODEL_QUOTA' }, 429, {
    error: { message: 'Rate limit exceeded: free-models-per-day', code: 429 },
  }),
  fails('wait-too-long', { code: 'ERR_ORC_MODEL_RATE_LIMIT' }, 429, openaiError('Rate limit exceeded'), {
    'retry-after': '86400',
  }),
  fails('model-unknown', { code: 'ERR_ORC_MODEL_UNKNOWN', says: 'try pulling it' }, 404, {
    error: { message: 'model "m" not found, try pulling it first' },
  }),
  fails('page-refused', { code: 'ERR_ORC_MODEL_UNAVAILABLE', says: 'Attention required' }, 403, page),
  fails('gateway-timeout', { code: 'ERR_ORC_MODEL_UNAVAILABLE' }, 504, '<html><title>504</title></html>'),
  fails('nothing', { code: 'ERR_ORC_MODEL_UNAVAILABLE' }, 500, {}),
  {
    name: 'loading-then-reply',
    structured: false,
    outcome: {},
    answer: (call) => {
      if (call.number === 1) send(call, 503, { error: { message: 'Loading model', code: 503 } });
      else streamText(call, quirkText);
    },
  },
  {
    name: 'no-wait-asked-for',
    structured: false,
    outcome: { code: 'ERR_ORC_MODEL_RATE_LIMIT' },
    answer: (call) => send(call, 429, openaiError('Too many requests'), { 'retry-after': '0' }),
  },
];
