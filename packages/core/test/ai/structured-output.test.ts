import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { describe, expect, it } from 'vitest';

import { resolveModel } from '../../src/ai/index.ts';
import { isStrictSchema } from '../../src/ai/schema-check.ts';
import { startFaultServer } from '../../src/testing/fault-server.ts';

const schema = {
  type: 'object',
  properties: { title: { type: 'string' }, chapters: { type: 'integer', minimum: 1 } },
  required: ['title', 'chapters'],
};

async function answering(...replies: readonly string[]) {
  let call = 0;
  const server = await startFaultServer({ reply: () => replies[call++] ?? 'no more' });
  const events: unknown[] = [];
  const model = await resolveModel('compatible/test', {
    config: { baseUrl: server.url },
    onEvent: (event) => events.push(event),
  });
  return { server, model, events };
}

describe('A structured reply', () => {
  it('that does not satisfy its schema is asked for once more, with what was wrong', async () => {
    const { server, model, events } = await answering(
      '{"title": "Tides", "chapters": 0}',
      '{"title": "Tides", "chapters": 3}',
    );
    await using _ = server;
    const reply = await model.generate({ system: 'You plan.', prompt: 'A plan.', schema });
    expect(reply.object).toEqual({ title: 'Tides', chapters: 3 });
    expect(reply.attempts).toBe(2);
    expect(events).toEqual([
      { type: 'model-repair', model: 'compatible/test', problem: expect.stringContaining('chapters') as string },
    ]);
    const [first, second] = server.calls;
    // The same prefix, so that a prompt cache hits; the problem and the reply come behind it.
    expect(second?.request.system).toBe('You plan.');
    expect(second?.request.prompt.startsWith(first?.request.prompt as string)).toBe(true);
    expect(second?.request.prompt).toContain('"chapters": 0');
    expect(reply.usage.inputTokens).toBeGreaterThan(Math.ceil('A plan.'.length / 4));
  });

  it('that fails twice is an error which keeps the text and the tokens of both', async () => {
    const { server, model } = await answering('not JSON', '{"title": 1}');
    await using _ = server;
    await expect(model.generate({ prompt: 'A plan.', schema })).rejects.toMatchObject({
      code: 'ERR_ORC_MODEL_OUTPUT',
      retryable: true,
      text: '{"title": 1}',
      usage: { outputTokens: 2 + 3 },
    });
    expect(server.calls).toHaveLength(2);
  });

  it('that was cut is not mended by asking again', async () => {
    await using server = await startFaultServer({
      reply: () => '{"title": "Tides", "chapters": 3}',
      script: () => 'truncate',
    });
    const model = await resolveModel('compatible/test', { config: { baseUrl: server.url } });
    const reply = await model.generate({ prompt: 'A plan.', schema });
    expect(reply.finishReason).toBe('length');
    expect(reply.object).toBeUndefined();
    expect(server.calls).toHaveLength(1);
  });

  it('from a server in the `bad-json` fault is mended', async () => {
    await using server = await startFaultServer({
      reply: () => '{"title": "Tides", "chapters": 3}',
      script: (call) => (call === 1 ? 'bad-json' : 'none'),
    });
    const model = await resolveModel('compatible/test', { config: { baseUrl: server.url } });
    expect((await model.generate({ prompt: 'A plan.', schema })).object).toEqual({ title: 'Tides', chapters: 3 });
  });
});

describe('A server that takes no schema', () => {
  it('gets it in the prompt from then on', async () => {
    const bodies: string[] = [];
    const server = createServer((incoming, outgoing) => {
      let body = '';
      incoming.on('data', (chunk: Buffer) => (body += chunk.toString()));
      incoming.on('end', () => {
        bodies.push(body);
        if (body.includes('"response_format"')) {
          outgoing.writeHead(400, { 'content-type': 'application/json' }).end(
            JSON.stringify({
              error: {
                message: 'This model does not support response_format `json_schema`',
                type: 'invalid_request_error',
              },
            }),
          );
          return;
        }
        outgoing.writeHead(200, { 'content-type': 'text/event-stream' });
        outgoing.write(
          `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: '{"title":"Tides","chapters":3}' }, finish_reason: 'stop' }] })}\n\n`,
        );
        outgoing.end('data: [DONE]\n\n');
      });
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    try {
      const model = await resolveModel('compatible/test', {
        config: { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1` },
      });
      expect((await model.generate({ prompt: 'A plan.', schema })).object).toEqual({ title: 'Tides', chapters: 3 });
      expect((await model.generate({ prompt: 'A plan.', schema })).object).toEqual({ title: 'Tides', chapters: 3 });
      expect(bodies).toHaveLength(3);
      expect(bodies[2]).toContain('JSON Schema');
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

describe("OpenAI's strict mode", () => {
  it('is asked for only where a schema fits it', () => {
    expect(isStrictSchema(schema)).toBe(false);
    expect(isStrictSchema({ ...schema, additionalProperties: false })).toBe(true);
    expect(isStrictSchema({ ...schema, additionalProperties: false, required: ['title'] })).toBe(false);
    expect(isStrictSchema({ type: 'array', items: { type: 'object' } })).toBe(false);
  });
});
