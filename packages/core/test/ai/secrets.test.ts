import { inspect } from 'node:util';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { listModels, redactSecrets, resolveModel } from '../../src/ai/index.ts';
import type { FaultKind } from '../../src/testing/fault-server-plan.ts';
import { startFaultServer } from '../../src/testing/fault-server.ts';
import { ManualClock, hurry } from './manual-clock.ts';

const key = 'k3y/with+odd=characters&that"need escaping';

describe('A secret', () => {
  it('is replaced, also URL-encoded and inside JSON, and so is what looks like one', () => {
    const text = `${key} ${encodeURIComponent(key)} ${JSON.stringify({ key })} sk-proj-abcdefghijklmnop1234 Bearer abcdefghijkl https://me:pass@host/ {"api_key": "0123456789abc"}`;
    const clean = redactSecrets(text, [key]);
    for (const leak of [
      key,
      encodeURIComponent(key),
      JSON.stringify(key).slice(1, -1),
      'abcdefghijkl',
      'me:pass',
      '0123456789abc',
    ])
      expect(clean).not.toContain(leak);
    expect(clean).toContain('https://[redacted]@host/');
  });

  it('leaves ordinary words alone', () => {
    const text = 'The harbour master asked for the key to the sky-high tower; token counts are 42.';
    expect(redactSecrets(text, ['abc', ''])).toBe(text);
  });

  it('is never in what comes out, whatever stands around it', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string({ minLength: 12, unit: fc.constantFrom(...'abcdefgXYZ0189_-+/="'.split('')) }),
        fc.string(),
        (before, secret, after) => {
          expect(redactSecrets(`${before}${secret}${after}`, [secret])).not.toContain(secret);
        },
      ),
    );
  });
});

describe('A key', () => {
  const faults: readonly FaultKind[] = [
    'rate-limit',
    'server-error',
    'reset',
    'cut',
    'early-end',
    'stream-error',
    'content-type',
    'unauthorized',
    'quota',
    'context',
    'truncate',
    'refuse',
    'bad-json',
  ];

  it.each(['openai', 'anthropic'] as const)(
    'stands in no reply, error, event, identity or list, whatever goes wrong (%s)',
    async (flavour) => {
      const plain = 'my-own-test-key-0123456789';
      const clock = new ManualClock();
      // The server quotes the key in its text, as bad gateways do.
      await using server = await startFaultServer({
        flavour,
        reply: () => `{"echo": "fine"}`,
        script: (call) => faults[call % faults.length],
        clock,
      });
      const env = { OPENAI_API_KEY: plain, ANTHROPIC_API_KEY: plain };
      const { events, onEvent } = hurry(clock);
      const options = { env, clock, onEvent, config: { baseUrl: server.url, apiKey: plain, maxRetries: 1 } };
      const model = await resolveModel(flavour === 'openai' ? 'openai/test' : 'anthropic/claude-sonnet-4-6', options);
      const seen: unknown[] = [model, model.identity, listModels(options)];
      for (let call = 0; call < 30; call += 1) {
        seen.push(
          await model
            .generate({ prompt: `Call ${call}`, schema: { type: 'object', required: ['echo'] } })
            .catch((error: unknown) => error),
        );
      }
      const everything = inspect([seen, events], { depth: 20, showHidden: true, maxStringLength: null });
      expect(seen.some((one) => one instanceof Error)).toBe(true);
      expect(everything).not.toContain(plain);
      expect(JSON.stringify([seen, events])).not.toContain(plain);
    },
  );

  it('that a server quotes is taken out of the error', async () => {
    const plain = 'my-own-test-key-0123456789';
    const fetch: typeof globalThis.fetch = async (_input, init) => {
      const sent = new Headers(init?.headers).get('authorization') ?? '';
      return new Response(
        JSON.stringify({
          error: { message: `Incorrect key: ${sent}`, type: 'invalid_request_error', code: 'invalid_api_key' },
        }),
        { status: 401, headers: { 'content-type': 'application/json', 'x-echo': sent } },
      );
    };
    const model = await resolveModel('openai/gpt-4.1-mini', { env: { OPENAI_API_KEY: plain }, fetch });
    const error = await model.generate({ prompt: 'x' }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'ERR_ORC_MODEL_AUTH',
      message: expect.stringContaining('[redacted]') as string,
    });
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(plain);
  });
});
