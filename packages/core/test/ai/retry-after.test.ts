import { describe, expect, it } from 'vitest';

import { retryAfterMs } from '../../src/ai/call/retry-after.ts';

const now = Date.parse('2026-01-01T00:00:00Z');
const wait = (headers: Readonly<Record<string, string>>, body = ''): number | undefined =>
  retryAfterMs(headers, body, now);

describe('The wait that a provider asks for', () => {
  it.each([
    [{ 'retry-after-ms': '1500' }, '', 1500],
    [{ 'retry-after': '20' }, '', 20_000],
    [{ 'retry-after': 'Thu, 01 Jan 2026 00:01:00 GMT' }, '', 60_000],
    [{ 'retry-after': '0' }, 'Please try again in 20s.', 0],
    [{}, '{"error": {"details": [{"retryDelay": "34.5s"}]}}', 34_500],
    [{}, 'Rate limit reached. Please try again in 20s.', 20_000],
    [{}, 'Please try again in 6m0s.', 360_000],
    [{}, 'Try again in 250ms', 250],
    [{}, 'please retry after 5 seconds', 5000],
    [{}, 'wait for about 2 minutes and retry', 120_000],
    [{ 'x-ratelimit-reset-requests': '6m0s', 'x-ratelimit-remaining-requests': '0' }, '', 360_000],
    [{ 'x-ratelimit-reset-requests': '1s', 'x-ratelimit-reset-tokens': '2.5s' }, '', 2500],
    [{ 'x-ratelimit-reset-requests': '9s', 'x-ratelimit-remaining-requests': '7' }, '', undefined],
    [{ 'anthropic-ratelimit-requests-reset': '2026-01-01T00:00:30Z' }, '', 30_000],
    [{ 'x-ratelimit-reset': String(now + 5000) }, '', 5000],
    [{ 'retry-after': '-1' }, '', undefined],
    [{ 'retry-after': 'soon' }, 'try again later', undefined],
  ])('%j %s', (headers, body, expected) => {
    expect(wait(headers as Readonly<Record<string, string>>, body)).toBe(expected);
  });
});
