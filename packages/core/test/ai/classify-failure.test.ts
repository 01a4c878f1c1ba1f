import { describe, expect, it } from 'vitest';

import { classifyFailure } from '../../src/ai/call/classify-failure.ts';

const context = { model: 'google/gemini', secrets: ['AIzaSy-very-secret'], now: Date.UTC(2026, 0, 1) };

function http(statusCode: number, body: unknown, headers: Record<string, string> = {}): Error {
  return Object.assign(new Error('The call failed'), {
    statusCode,
    responseHeaders: headers,
    responseBody: JSON.stringify(body),
  });
}

const google = (quotaId: string, retryDelay?: string): unknown => ({
  error: {
    code: 429,
    status: 'RESOURCE_EXHAUSTED',
    message: 'You exceeded your current quota, please check your plan and billing details.',
    details: [
      { violations: [{ quotaId }] },
      ...(retryDelay === undefined ? [] : [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay }]),
    ],
  },
});

const table: readonly {
  readonly what: string;
  readonly error: unknown;
  readonly code: string;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
}[] = [
  {
    what: "Google's limit a minute",
    error: http(429, google('GenerateRequestsPerMinutePerProject', '34s')),
    code: 'RATE_LIMIT',
    retryable: true,
    retryAfterMs: 34_000,
  },
  {
    what: "Google's limit a day",
    error: http(429, google('GenerateRequestsPerDayPerProject', '34s')),
    code: 'QUOTA',
    retryable: false,
  },
  {
    what: "OpenAI's used-up quota",
    error: http(429, { error: { code: 'insufficient_quota' } }),
    code: 'QUOTA',
    retryable: false,
  },
  {
    what: "OpenAI's requests a day",
    error: http(429, { error: { message: 'Rate limit reached on requests per day (RPD)' } }, { 'retry-after': '2' }),
    code: 'QUOTA',
    retryable: false,
  },
  {
    what: 'one request above the tokens a minute',
    error: http(429, { error: { message: 'Request too large for gpt on tokens per min (TPM)' } }),
    code: 'REQUEST',
    retryable: false,
  },
  {
    what: 'milliseconds to wait',
    error: http(429, {}, { 'retry-after-ms': '1250', 'retry-after': '2' }),
    code: 'RATE_LIMIT',
    retryable: true,
    retryAfterMs: 1250,
  },
  {
    what: 'a date that has passed',
    error: http(503, {}, { 'retry-after': 'Wed, 31 Dec 2025 23:59:00 GMT' }),
    code: 'UNAVAILABLE',
    retryable: true,
    retryAfterMs: 0,
  },
  { what: 'an unreadable wait', error: http(503, {}, { 'retry-after': 'soon' }), code: 'UNAVAILABLE', retryable: true },
  { what: 'a negative wait', error: http(503, {}, { 'retry-after': '-1' }), code: 'UNAVAILABLE', retryable: true },
  {
    what: "Anthropic's overload",
    error: http(529, { error: { type: 'overloaded_error' } }),
    code: 'UNAVAILABLE',
    retryable: true,
  },
  { what: 'a request time-out', error: http(408, {}), code: 'UNAVAILABLE', retryable: true },
  { what: 'no credit', error: http(402, {}), code: 'QUOTA', retryable: false },
  {
    what: "Google's bad key with status 400",
    error: http(400, { error: { message: 'API key not valid. Please pass a valid API key.' } }),
    code: 'AUTH',
    retryable: false,
  },
  {
    what: 'a forbidden region',
    error: http(403, { error: { message: 'Country not supported' } }),
    code: 'AUTH',
    retryable: false,
  },
  {
    what: 'an unknown model',
    error: http(404, { error: { code: 'model_not_found' } }),
    code: 'UNKNOWN',
    retryable: false,
  },
  { what: 'a body that is too large', error: http(413, {}), code: 'CONTEXT', retryable: false },
  {
    what: "Google's long prompt",
    error: http(400, {
      error: { message: 'The input token count (2000000) exceeds the maximum number of tokens allowed' },
    }),
    code: 'CONTEXT',
    retryable: false,
  },
  {
    what: 'a setting that is not supported',
    error: http(400, { error: { type: 'invalid_request_error', message: 'temperature is not supported' } }),
    code: 'REQUEST',
    retryable: false,
  },
  {
    what: 'a lost connection',
    error: Object.assign(new TypeError('fetch failed'), {
      cause: Object.assign(new Error('read'), { code: 'ECONNRESET' }),
    }),
    code: 'UNAVAILABLE',
    retryable: true,
  },
  {
    what: 'a port that cannot be',
    error: new Error('Cannot connect to API: bad port'),
    code: 'UNAVAILABLE',
    retryable: true,
  },
  {
    what: 'a stream event of a server error',
    error: { type: 'error', error: { type: 'server_error', message: 'Oops' } },
    code: 'UNAVAILABLE',
    retryable: true,
  },
  {
    what: 'a stream event of a rate limit',
    error: { type: 'rate_limit_error', message: 'Slow down' },
    code: 'RATE_LIMIT',
    retryable: true,
  },
  {
    what: 'a stream event of a bad request',
    error: { type: 'invalid_request_error', message: 'No' },
    code: 'REQUEST',
    retryable: false,
  },
  {
    what: 'a reply that is not JSON',
    error: Object.assign(new Error('Invalid JSON response'), { statusCode: 200 }),
    code: 'STREAM',
    retryable: true,
  },
  { what: 'a text', error: 'something odd', code: 'STREAM', retryable: true },
];

describe('A failure', () => {
  it.each(table)('is told apart: $what', ({ error, code, retryable, retryAfterMs }) => {
    const failure = classifyFailure(error, context);
    expect({ code: failure.code, retryable: failure.retryable, retryAfterMs: failure.retryAfterMs }).toEqual({
      code: `ERR_ORC_MODEL_${code}`,
      retryable,
      retryAfterMs,
    });
    expect(failure.hint).toMatch(/\.$/);
  });

  it('keeps of its cause only the name and the words, without the key', () => {
    const error = Object.assign(new TypeError('Bad key AIzaSy-very-secret in https://host/?key=AIzaSy-very-secret'), {
      statusCode: 401,
      requestBodyValues: { prompt: 'private' },
    });
    const failure = classifyFailure(error, context);
    expect(failure.cause).toMatchObject({
      name: 'TypeError',
      message: 'Bad key [redacted] in https://host/?key=[redacted]',
    });
    expect(Object.keys(failure.cause as object)).toEqual(['name']);
    expect(failure.message).not.toContain('secret');
  });

  it('survives a cause that leads back to itself', () => {
    const error = new Error('round') as Error & { cause?: unknown };
    error.cause = error;
    expect(classifyFailure(error, context).code).toBe('ERR_ORC_MODEL_STREAM');
  });
});
