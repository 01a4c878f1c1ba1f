// The built command against servers on loopback that speak the providers' formats, and on the built-in model.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { startFaultServer, type FaultServer } from '@orc/core/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { ResultDocument } from '../src/run/result-json.ts';
import { Home } from './support/orc.ts';

const key = 'my-own-test-key-0123456789';
const home = new Home();
const project = join(home.dir, 'project');
const own = join(home.dir, 'letter.yaml');

beforeAll(() => {
  mkdirSync(project);
  writeFileSync(join(project, 'index.js'), 'export const one = 1;\n'.repeat(30));
  writeFileSync(
    own,
    `id: letter
version: "1"
description: Writes a letter in parts.
phases:
  - id: parts
    prompt: "Name three parts of a letter about: {{request.text}}"
    schema:
      type: object
      properties: { parts: { type: array, items: { type: string }, minItems: 3, maxItems: 3 } }
      required: [parts]
      additionalProperties: false
  - id: part
    needs: [parts]
    forEach: { in: parts.parts }
    prompt: "Write about 40 words on: {{item}}"
  - id: letter
    kind: template
    needs: [part]
    template: "{{#part}}{{value}}\\n\\n{{/part}}"
    artifact: letter.md
result: { phase: letter }
`,
  );
});
afterAll(() => home.remove());

const pipelines: readonly {
  readonly name: string;
  readonly args: readonly string[];
  readonly request: string;
  readonly files: readonly string[];
}[] = [
  {
    name: 'fiction',
    args: ['--pipeline', 'fiction', '--words', '600'],
    request: 'A story about a lighthouse',
    files: ['manuscript.md'],
  },
  {
    name: 'analyze',
    args: ['--pipeline', 'analyze', '--input', project],
    request: 'Analyze this codebase',
    files: ['findings.json', 'graph.mmd', 'report.md'],
  },
  {
    name: 'general',
    args: ['--pipeline', 'general', '--words', '300'],
    request: 'Compare tea and coffee',
    files: ['text.md'],
  },
  {
    name: 'build',
    args: ['--pipeline', 'build'],
    request: 'Build a tool that counts words',
    files: ['README.md', 'package.json'],
  },
  { name: 'quick', args: ['--pipeline', 'quick'], request: 'What is a tide?', files: ['answer.md'] },
  { name: "a user's own", args: ['--pipeline', own], request: 'the end of summer', files: ['letter.md'] },
];

async function run(args: readonly string[], env: Readonly<Record<string, string>>): Promise<ResultDocument> {
  const { code, stdout, stderr } = await home.orc([...args, '--no-cache', '--output-format', 'json'], { env });
  if (code !== 0) throw new Error(`exit code ${code}: ${stderr}`);
  expect(stdout + stderr).not.toContain(key);
  return JSON.parse(stdout) as ResultDocument;
}

const providers = [
  { flavour: 'openai', model: 'openai/test' },
  { flavour: 'anthropic', model: 'anthropic/claude-sonnet-4-6' },
] as const;

describe.each(providers)('With $model over HTTP, the command', ({ flavour, model }) => {
  let server: FaultServer;
  beforeAll(async () => {
    server = await startFaultServer({ flavour, apiKey: key });
  });
  afterAll(() => server.close());

  it.concurrent.each(pipelines)('runs $name to its end', async ({ args, request, files }) => {
    const earlier = server.calls.length;
    const result = await run([...args, '-m', model, request], { ORC_AI_BASE_URL: server.url, ORC_AI_API_KEY: key });
    expect(result).toMatchObject({ status: 'succeeded', model });
    expect(result.text).not.toBe('');
    expect(result.artifacts.map(({ path }) => path)).toEqual(expect.arrayContaining([...files]));
    expect(server.calls.length).toBeGreaterThan(earlier);
    expect(server.calls.filter(({ fault }) => fault !== undefined)).toEqual([]);
  });
});

describe('With offline/scribe, the command', () => {
  it.concurrent.each(pipelines)('runs $name to its end', async ({ args, request, files }) => {
    const result = await run([...args, request], {});
    expect(result).toMatchObject({ status: 'succeeded', model: 'offline/scribe' });
    expect(result.text).not.toBe('');
    expect(result.artifacts.map(({ path }) => path)).toEqual(expect.arrayContaining([...files]));
  });
});
