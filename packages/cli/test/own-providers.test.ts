// The built command against servers on loopback that note what reached them.
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { Home } from './support/orc.ts';

const home = new Home();
const keys = { main: 'the-main-key-0123456789', groq: 'the-groq-key-0123456789', azure: 'the-azure-key-0123456789' };

interface Listener {
  readonly url: string;
  readonly requests: string[];
  readonly close: () => void;
}

/** A server that answers in OpenAI's chat format and keeps all of each request. */
async function listen(): Promise<Listener> {
  const requests: string[] = [];
  const server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      requests.push(`${request.url ?? ''} ${JSON.stringify(request.headers)} ${body}`);
      const chunk = { choices: [{ index: 0, delta: { content: 'A reply.' }, finish_reason: 'stop' }] };
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, requests, close: () => server.close() };
}

let servers: { readonly main: Listener; readonly groq: Listener; readonly ollama: Listener; readonly azure: Listener };
const pipeline = join(home.dir, 'mixed.yaml');
const config = join(home.dir, 'config.yaml');
beforeAll(async () => {
  servers = { main: await listen(), groq: await listen(), ollama: await listen(), azure: await listen() };
  writeFileSync(
    pipeline,
    `id: mixed
version: "1"
description: Asks several models.
phases:
  - { id: a, prompt: "a: {{request.text}}", model: { model: groq/llama } }
  - { id: b, prompt: "b: {{request.text}}", model: { model: ollama/llama3.2 } }
  - { id: c, prompt: "c: {{request.text}}" }
  - { id: d, prompt: "d: {{request.text}}", model: { model: azure/gpt } }
  - { id: all, kind: template, needs: [a, b, c, d], template: "{{a}} {{b}} {{c}} {{d}}" }
result: { phase: all }
`,
  );
  writeFileSync(
    config,
    `ai:
  base_url: "${servers.main.url}/v1"
  api_key: "\${MAIN_KEY}"
  providers:
    groq: { base_url: "${servers.groq.url}/v1?tenant=7", api_key: "\${GROQ_API_KEY}" }
    azure:
      api: openai-chat
      base_url: "${servers.azure.url}"
      headers: { api-key: "\${AZURE_KEY}", x-gate: "a-literal-header-secret" }
      query: { api-version: "2024-10-21" }
      extra_body: { service_tier: flex, gate_token: "a-literal-body-secret" }
      max_concurrency: 1
`,
  );
});
beforeEach(() => Object.values(servers).forEach(({ requests }) => requests.splice(0)));
afterAll(() => {
  for (const server of Object.values(servers)) server.close();
  home.remove();
});

const env = (): Record<string, string> => ({
  ORC_CONFIG: config,
  MAIN_KEY: keys.main,
  GROQ_API_KEY: keys.groq,
  AZURE_KEY: keys.azure,
  OLLAMA_HOST: servers.ollama.url,
});

describe('In a pipeline of several providers', () => {
  it('each call goes to its own server, and each key only there', async () => {
    const { code, stderr } = await home.orc(['--pipeline', pipeline, '-m', 'compatible/main', '--no-cache', 'tides'], {
      env: env(),
    });
    expect(stderr).not.toMatch(/error/i);
    expect(code).toBe(0);
    const seen = (name: keyof typeof servers): string => servers[name].requests.join('\n');
    for (const name of ['main', 'groq', 'ollama', 'azure'] as const) {
      expect(servers[name].requests).toHaveLength(1);
      const found = Object.entries(keys).filter(([, key]) => seen(name).includes(key));
      expect(found.map(([owner]) => owner)).toEqual(name === 'ollama' ? [] : [name]);
    }
    expect(seen('groq')).toContain('/v1/chat/completions?tenant=7');
    expect(seen('azure')).toMatch(/^\/chat\/completions\?api-version=2024-10-21 .*"service_tier":"flex"/);
  });

  it('a key is on neither output, nor in any file of the session', async () => {
    const { stdout, stderr } = await home.orc(
      ['--pipeline', pipeline, '-m', 'compatible/main', '--no-cache', '--output-format', 'json', 'tides'],
      { env: env() },
    );
    for (const key of [...Object.values(keys), 'a-literal-header-secret', 'a-literal-body-secret'])
      expect(stdout + stderr).not.toContain(key);
  });
});

describe('Secrets of providers', () => {
  const secrets = ['a-literal-header-secret', 'a-literal-body-secret', 'tenant=7', ...Object.values(keys)];

  it.each([['config list'], ['config list --json'], ['config get ai.providers'], ['doctor'], ['models']])(
    'are not shown by `%s`',
    async (line) => {
      const { stdout, stderr } = await home.orc(line.split(' '), { env: env() });
      for (const secret of secrets) expect(stdout + stderr).not.toContain(secret);
    },
  );

  it('stay out of what is said of a wrong block', async () => {
    const { code, stderr } = await home.orc(['config', 'list'], {
      env: { ORC_AI_PROVIDERS: '{"x": {"api": "smtp", "api_key": "a-literal-key-0123"}}' },
    });
    expect(code).toBe(3);
    expect(stderr).toContain('openai-chat');
    expect(stderr).not.toContain('a-literal-key-0123');
  });

  it('are warned of where the file holds a key itself', async () => {
    const literal = join(home.dir, 'literal.yaml');
    writeFileSync(literal, 'ai: { providers: { groq: { api_key: "a-literal-key-0123" } } }\n');
    const { stderr } = await home.orc(['plan', '-m', 'offline/scribe', 'tides'], { env: { ORC_CONFIG: literal } });
    expect(stderr).toContain('the file holds a literal API key');
    expect(stderr).not.toContain('a-literal-key-0123');
  });
});

it.each([['config list'], ['config list --json'], ['config get ai.base_url'], ['doctor'], ['models']])(
  'A query of `ai.base_url` is not shown by `%s`',
  async (line) => {
    const { stdout, stderr } = await home.orc(line.split(' '), {
      env: { ORC_AI_BASE_URL: 'http://127.0.0.1:9/v1?key=query-secret-0123' },
    });
    expect(stdout + stderr).not.toContain('query-secret-0123');
  },
);

it('A query of `ai.base_url` is shown neither where it is set nor where it is wrong', async () => {
  for (const address of ['http://127.0.0.1:9/v1?key=query-secret-0123', 'ftp://127.0.0.1:9/v1?key=query-secret-0123']) {
    const { stdout, stderr } = await home.orc(['config', 'set', 'ai.base_url', address]);
    expect(stdout + stderr).toContain('127.0.0.1:9/v1');
    expect(stdout + stderr).not.toContain('query-secret-0123');
  }
});
