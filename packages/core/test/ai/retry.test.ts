import { describe, expect, it } from 'vitest';

import { resolveModel } from '../../src/ai/index.ts';
import { passingFaults, type FaultKind } from '../../src/testing/fault-server-plan.ts';
import { startFaultServer, type FaultServerOptions } from '../../src/testing/fault-server.ts';
import { ManualClock, hurry } from './manual-clock.ts';

const text =
  'The tide came in, and with it the boats, one after the other, until the harbour was full of lanterns. '.repeat(8);
const env = { ANTHROPIC_API_KEY: 'sk-ant-0123456789' };

async function start(options: FaultServerOptions, config = {}, random: () => number = () => 0.5) {
  const clock = new ManualClock();
  const server = await startFaultServer({ reply: () => text, clock, ...options });
  const { events, onEvent } = hurry(clock);
  const id = options.flavour === 'anthropic' ? 'anthropic/claude-sonnet-4-6' : 'compatible/test';
  const model = await resolveModel(id, {
    env,
    clock,
    onEvent,
    random,
    config: { baseUrl: server.url, apiKey: '${ANTHROPIC_API_KEY}', ...config },
  });
  return { server, model, events, clock };
}

const first =
  (...faults: readonly FaultKind[]) =>
  (call: number): FaultKind | 'none' =>
    faults[call - 1] ?? 'none';

describe.each(['openai', 'anthropic'] as const)('A call that fails for a passing reason (%s)', (flavour) => {
  it.each(passingFaults.map((fault) => ({ fault })))('is made again after `$fault`', async ({ fault }) => {
    const { server, model, events } = await start({ flavour, script: first(fault) });
    await using _ = server;
    const reply = await model.generate({ prompt: 'Write.' });
    expect(reply).toMatchObject({ text, finishReason: 'stop', attempts: 2 });
    expect(server.calls).toHaveLength(2);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ type: 'model-retry', attempt: 1 });
  });
});

describe('Waiting', () => {
  it('lasts as long as `Retry-After` says in seconds, also far longer than a minute', async () => {
    const { server, model, events } = await start({ script: first('rate-limit'), retryAfterMs: 400_000 });
    await using _ = server;
    await model.generate({ prompt: 'Write.' });
    expect(events[0]).toMatchObject({ delayMs: 400_000, error: { code: 'ERR_ORC_MODEL_RATE_LIMIT' } });
  });

  it('lasts until the date that `Retry-After` names', async () => {
    const { server, model, events } = await start({ script: first('rate-limit-date'), retryAfterMs: 90_000 });
    await using _ = server;
    await model.generate({ prompt: 'Write.' });
    expect(events[0]).toMatchObject({ delayMs: 90_000 });
  });

  it('is refused at once where it would end after the deadline of the call', async () => {
    const { server, model, events } = await start(
      { script: first('rate-limit'), retryAfterMs: 400_000 },
      { callTimeoutMs: 300_000 },
    );
    await using _ = server;
    await expect(model.generate({ prompt: 'Write.' })).rejects.toMatchObject({
      code: 'ERR_ORC_MODEL_RATE_LIMIT',
      retryable: false,
      retryAfterMs: 400_000,
    });
    expect(events).toHaveLength(0);
  });

  it('doubles between attempts, spread over its upper half by the injected randomness', async () => {
    const numbers = [0, 0.5, 0.999];
    const { server, model, events } = await start(
      { script: first('server-error', 'server-error', 'server-error') },
      {},
      () => numbers.shift() as number,
    );
    await using _ = server;
    await model.generate({ prompt: 'Write.' });
    expect(events.map((event) => event.type === 'model-retry' && event.delayMs)).toEqual([250, 750, 1999]);
  });

  it('is told to the caller before it happens', async () => {
    const { server, model } = await start({ script: first('overloaded') });
    await using _ = server;
    const retries: unknown[] = [];
    await model.generate({ prompt: 'Write.' }, { onRetry: (retry) => retries.push(retry) });
    expect(retries).toEqual([
      { attempt: 1, delayMs: 375, error: expect.objectContaining({ code: 'ERR_ORC_MODEL_UNAVAILABLE', status: 503 }) },
    ]);
  });
});

describe('After the last retry', () => {
  it('the last error is thrown, with the tokens of all attempts', async () => {
    const { server, model } = await start({ script: () => 'cut' }, { maxRetries: 2 });
    await using _ = server;
    const error = await model.generate({ prompt: 'Write.' }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'OrcError', retryable: true, usage: { inputTokens: 6 } });
    expect(server.calls).toHaveLength(3);
  });

  it('a provider that cannot be reached is named with its address', async () => {
    const { server, model } = await start({}, { maxRetries: 1 });
    await server.close();
    await expect(model.generate({ prompt: 'Write.' })).rejects.toMatchObject({
      code: 'ERR_ORC_MODEL_UNAVAILABLE',
      message: expect.stringContaining(server.url) as string,
      hint: expect.stringContaining('base_url') as string,
    });
  });
});

describe('A retried stream', () => {
  it('starts its text again and replies with the last attempt alone', async () => {
    const { server, model } = await start({ script: first('early-end') });
    await using _ = server;
    const stream = model.stream({ prompt: 'Write.' });
    let seen = '';
    for await (const chunk of stream) seen += chunk;
    const reply = await stream.reply;
    expect(reply.text).toBe(text);
    expect(seen.length).toBeGreaterThan(text.length);
    expect(seen.endsWith(text)).toBe(true);
    expect(reply.usage.outputTokens).toBeGreaterThan(Math.ceil(text.length / 4));
  });
});
