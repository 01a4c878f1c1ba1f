/** A reply has an end, whoever writes it. */
import { expect, test } from 'vitest';

import { systemClock } from '../../src/clock.ts';
import { attemptOf } from '../../src/ai/call/attempt.ts';
import { boundedFetch } from '../../src/ai/providers/bounded-fetch.ts';

const piece = 'x'.repeat(1_000_000);
const context = {
  signal: new AbortController().signal,
  delta: undefined,
  onRetry: () => undefined,
  deadlineAt: Infinity,
};

test('a model that goes on writing is stopped, and asked no more', async () => {
  let pieces = 0;
  let stopped = false;
  const call = attemptOf(
    async (_request, { signal, write }) => {
      for (; !signal.aborted && pieces < 100; pieces += 1) write(piece);
      stopped = signal.aborted;
      return { finishReason: 'stop' };
    },
    { clock: systemClock, stallMs: 0, model: 'a/b', secrets: [], priceOf: () => null },
  );
  await expect(call({ prompt: 'go on' }, context)).rejects.toMatchObject({
    code: 'ERR_ORC_MODEL_OUTPUT',
    retryable: false,
    message: 'Expected a reply of a/b of at most 16000000 characters, got more',
  });
  expect({ pieces, stopped }).toEqual({ pieces: 17, stopped: true });
});

test('a response without an end of its line breaks off', async () => {
  let sent = 0;
  const endless = (): Promise<Response> =>
    Promise.resolve(
      new Response(
        new ReadableStream({
          pull: (controller) => {
            sent += 1;
            controller.enqueue(new Uint8Array(1_000_000).fill(120));
          },
        }),
      ),
    );
  const response = await boundedFetch(endless, 'a/b')('http://localhost/');
  await expect(response.text()).rejects.toMatchObject({ code: 'ERR_ORC_MODEL_OUTPUT', retryable: false });
  expect(sent).toBeLessThan(40);
});

test('a response within its bounds is what it was', async () => {
  const fetch = boundedFetch(() => Promise.resolve(Response.json({ a: 1 }, { status: 201 })), 'a/b');
  const response = await fetch('http://localhost/');
  expect(response.status).toBe(201);
  expect(await response.json()).toEqual({ a: 1 });
});
