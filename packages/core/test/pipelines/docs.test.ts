// The code of docs/models.md and docs/pipelines.md, run from the page against the built package.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { loadPipeline } from '@orc/core/pipelines';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { resolveModel } from '../../src/ai/resolve-model.ts';
import { choosePipeline } from '../../src/pipelines/auto.ts';
import { runOffline } from './built.ts';

const core = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const blocks = (page: string, language: string): string[] =>
  [
    ...readFileSync(join(core, '..', '..', 'docs', page), 'utf8').matchAll(
      new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'),
    ),
  ].map((match) => match[1] as string);

let folder: string;
beforeAll(() => {
  // Inside the package, so that `@orc/core` is found from there.
  mkdirSync(join(core, 'node_modules'), { recursive: true });
  folder = mkdtempSync(join(core, 'node_modules', '.docs-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('docs/pipelines.md', () => {
  it('shows a YAML pipeline that runs', async () => {
    const [yaml, ...others] = blocks('pipelines.md', 'yaml');
    expect(others).toEqual([]);
    const file = join(folder, 'page.yaml');
    writeFileSync(file, yaml as string);
    await runOffline(await loadPipeline(file), { text: 'A lamp that follows the sun' }, (result) => {
      expect(result.artifacts.map(({ path }) => path)).toEqual(['page.md']);
      expect(result.text).not.toBe('');
    });
  });

  it('shows a pipeline in code that runs', async () => {
    const [code, ...others] = blocks('pipelines.md', 'js');
    expect(others).toEqual([]);
    const file = join(folder, 'talk.mjs');
    writeFileSync(file, code as string);
    await runOffline(await loadPipeline(file), { text: 'the history of zero' }, (result) => {
      expect(result.artifacts.map(({ path }) => path)).toEqual(['talk.md']);
      expect(result.text).not.toBe('');
    });
  });

  it('tells the rules of `auto` as they are: each of its examples', () => {
    expect(choosePipeline('Write a short story').id).toBe('fiction');
    expect(choosePipeline('Compare tea and coffee').id).toBe('general');
  });
});

describe('docs/models.md', () => {
  it('shows code that runs: several servers, a stream, and a model behind a server that fails', async () => {
    const [servers, stream, faults, ...others] = blocks('models.md', 'ts');
    expect(others).toEqual([]);
    const several = join(folder, 'servers.mjs');
    writeFileSync(
      several,
      `${(servers as string).replaceAll(' as const', '')}export const ids = [writer.id, helper.id];\n`,
    );
    expect(((await import(several)) as { ids: string[] }).ids).toEqual(['azure/gpt-5.4', 'lab/qwen2.5-coder']);
    // A reply may be asked for without the terminal: what would be written to it is kept.
    const streamed = join(folder, 'stream.mjs');
    writeFileSync(
      streamed,
      `${(stream as string).replaceAll('process.stdout.write(text)', 'told.push(text)').replace('\nconst model', '\nconst told = [];\nconst model')}export { told, usage, costUsd };\n`,
    );
    const first = (await import(streamed)) as { told: string[]; usage: { outputTokens: number }; costUsd: number };
    expect(first.told.join('')).not.toBe('');
    expect(first.usage.outputTokens).toBeGreaterThan(0);
    expect(first.costUsd).toBe(0);
    const failing = join(folder, 'failing.mjs');
    // `await using` is TypeScript on Node 20.
    writeFileSync(
      failing,
      `${(faults as string).replace('await using', 'const').replace('retryAfterMs: 1000', 'retryAfterMs: 0')}await server.close();\nexport { text, attempts };\n`,
    );
    const second = (await import(failing)) as { text: string; attempts: number };
    expect(second.text).not.toBe('');
    expect(second.attempts).toBeGreaterThanOrEqual(1);
  });

  it('names models that can be asked for', async () => {
    const page = readFileSync(join(core, '..', '..', 'docs', 'models.md'), 'utf8');
    for (const [, model] of page.matchAll(/model: ((?:compatible|exec)\/\S+)/g))
      expect(
        (
          await resolveModel(model as string, {
            env: {},
            config: { baseUrl: 'http://127.0.0.1:9/v1', exec: { llm: { command: 'llm' } } },
          })
        ).id,
      ).toBe(model);
  });
});
