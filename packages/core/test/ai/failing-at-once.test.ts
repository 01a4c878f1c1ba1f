import { describe, expect, it } from 'vitest';

import { resolveModel } from '../../src/ai/index.ts';
import type { FaultKind } from '../../src/testing/fault-server-plan.ts';
import { startFaultServer } from '../../src/testing/fault-server.ts';

const cases: readonly { readonly fault: FaultKind; readonly code: string; readonly hint: RegExp }[] = [
  { fault: 'unauthorized', code: 'ERR_ORC_MODEL_AUTH', hint: /key/i },
  { fault: 'quota', code: 'ERR_ORC_MODEL_QUOTA', hint: /credit/i },
  { fault: 'context', code: 'ERR_ORC_MODEL_CONTEXT', hint: /context window/i },
];

describe.each(['openai', 'anthropic'] as const)('A failure that no waiting mends (%s)', (flavour) => {
  it.each(cases)('fails at once with what to do: $fault', async ({ fault, code, hint }) => {
    await using server = await startFaultServer({ flavour, reply: () => 'Yes.', script: () => fault });
    const env = { OPENAI_API_KEY: 'sk-openai-0123456789', ANTHROPIC_API_KEY: 'sk-ant-0123456789' };
    const id = flavour === 'openai' ? 'openai/gpt-5.4-mini' : 'anthropic/claude-sonnet-4-6';
    const model = await resolveModel(id, { env, config: { baseUrl: server.url } });
    await expect(model.generate({ prompt: 'Write.' })).rejects.toMatchObject({
      code,
      retryable: false,
      hint: expect.stringMatching(hint) as string,
    });
    expect(server.calls).toHaveLength(1);
  });
});

describe('A key', () => {
  it('that the server does not know is refused, and its variable named', async () => {
    await using server = await startFaultServer({ reply: () => 'Yes.', apiKey: 'the-right-key' });
    const wrong = await resolveModel('openai/test', {
      env: { OPENAI_API_KEY: 'the-wrong-key', OPENAI_BASE_URL: server.url },
    });
    await expect(wrong.generate({ prompt: 'Write.' })).rejects.toMatchObject({
      code: 'ERR_ORC_MODEL_AUTH',
      hint: 'Check the key in OPENAI_API_KEY.',
    });
    const right = await resolveModel('openai/test', {
      env: { MY_KEY: 'the-right-key' },
      config: { baseUrl: server.url, apiKey: '${MY_KEY}' },
    });
    expect((await right.generate({ prompt: 'Write.' })).text).toBe('Yes.');
  });
});
