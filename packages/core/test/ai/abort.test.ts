import { getEventListeners } from 'node:events';

import { describe, expect, it } from 'vitest';

import { resolveModel } from '../../src/ai/index.ts';
import { startFaultServer } from '../../src/testing/fault-server.ts';
import { ManualClock } from './manual-clock.ts';

const text = 'A reply that takes its time. '.repeat(50);
const reason = { why: 'the user pressed Ctrl-C' };

describe('An abort', () => {
  it('before the call rejects with exactly its reason and makes no request', async () => {
    await using server = await startFaultServer({ reply: () => text });
    const model = await resolveModel('compatible/test', { config: { baseUrl: server.url } });
    await expect(model.generate({ prompt: 'Write.' }, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await expect(model.stream({ prompt: 'Write.' }, { signal: AbortSignal.abort(reason) }).reply).rejects.toBe(reason);
    expect(server.calls).toHaveLength(0);
  });

  it('in the middle of a stream rejects with exactly its reason', async () => {
    await using server = await startFaultServer({ reply: () => text, script: () => 'stall' });
    const model = await resolveModel('compatible/test', { config: { baseUrl: server.url } });
    const controller = new AbortController();
    const stream = model.stream({ prompt: 'Write.' }, { signal: controller.signal });
    const iterator = stream[Symbol.asyncIterator]();
    await iterator.next();
    controller.abort(reason);
    await expect(stream.reply).rejects.toBe(reason);
    expect(server.calls).toHaveLength(1);
  });

  it('in a wait between attempts rejects with exactly its reason and drops the wait', async () => {
    const clock = new ManualClock();
    const controller = new AbortController();
    await using server = await startFaultServer({ reply: () => text, script: () => 'rate-limit' });
    const model = await resolveModel('compatible/test', {
      clock,
      config: { baseUrl: server.url },
      onEvent: () => setImmediate(() => controller.abort(reason)),
    });
    await expect(model.generate({ prompt: 'Write.' }, { signal: controller.signal })).rejects.toBe(reason);
    expect(clock.pending).toBe(0);
    expect(server.calls).toHaveLength(1);
  });

  it('leaves no listener on the signal, however the call ended', async () => {
    await using server = await startFaultServer({
      reply: () => text,
      script: (call) => (call === 2 ? 'unauthorized' : 'none'),
    });
    const model = await resolveModel('compatible/test', { config: { baseUrl: server.url, requestsPerMinute: 100 } });
    const { signal } = new AbortController();
    await model.generate({ prompt: 'One.' }, { signal });
    await expect(model.generate({ prompt: 'Two.' }, { signal })).rejects.toMatchObject({ code: 'ERR_ORC_MODEL_AUTH' });
    const stream = model.stream({ prompt: 'Three.' }, { signal });
    for await (const chunk of stream) expect(text).toContain(chunk);
    await stream.reply;
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });
});

describe('A signal that many calls share', () => {
  it('ends them all, and warns of nothing', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error): void => void warnings.push(warning);
    process.on('warning', note);
    await using server = await startFaultServer({ reply: () => text, script: () => 'stall' });
    const model = await resolveModel('compatible/test', { config: { baseUrl: server.url } });
    const controller = new AbortController();
    const calls = Array.from({ length: 30 }, (_unused, index) =>
      model.stream({ prompt: `Call ${index}` }, { signal: controller.signal }),
    );
    await Promise.all(calls.map((stream) => stream[Symbol.asyncIterator]().next()));
    controller.abort(reason);
    for (const { reply } of calls) await expect(reply).rejects.toBe(reason);
    // Warnings come a tick later.
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', note);
    expect(warnings).toEqual([]);
  });
});

describe('Leaving a stream early', () => {
  it('ends the call', async () => {
    await using server = await startFaultServer({ reply: () => text, script: () => 'stall' });
    const model = await resolveModel('compatible/test', { config: { baseUrl: server.url } });
    const stream = model.stream({ prompt: 'Write.' });
    for await (const chunk of stream) {
      expect(text).toContain(chunk);
      break;
    }
    await expect(stream.reply).rejects.toMatchObject({ name: 'AbortError' });
  });
});
