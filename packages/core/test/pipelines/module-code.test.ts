/** The code of a pipeline's module, and of what it imports, is part of its digest and of its keys. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import { expect, test } from 'vitest';

import { folderOfTest } from '../../../../test-support/temporary-folder.ts';

const core = (name: string): string => JSON.stringify(import.meta.resolve(`@orc/core${name}`));

const files = {
  'pipeline.mjs': `import { definePhase, definePipeline } from ${core('')};
import { style } from './lib/helper.mjs';
const mark = '!';
const work = definePhase({ id: 'work', kind: 'compute', run: () => style('hello') + mark });
export default definePipeline({ id: 'p', version: '1', description: '', phases: [work], result: { phase: work, text: (output) => output } });
`,
  'lib/helper.mjs': "export { style } from './deep.mjs';\n",
  'lib/deep.mjs': 'export const style = (text) => text.toUpperCase();\n',
  'aside.mjs': 'export const nothing = 1;\n',
};

async function folder(): Promise<string> {
  const dir = folderOfTest();
  await promisify(execFile)('mkdir', [join(dir, 'lib')]);
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text);
  return dir;
}

/** Runs the pipeline in a process of its own. */
async function run(dir: string, cache: string): Promise<{ text: string; hits: number; planned: string }> {
  const script = `
import { createOrchestrator } from ${core('')};
import { loadPipeline } from ${core('/pipelines')};
const pipeline = await loadPipeline(${JSON.stringify(join(dir, 'pipeline.mjs'))});
const orchestrator = createOrchestrator({ cache: { file: { dir: ${JSON.stringify(cache)} } } });
const { phases } = await orchestrator.plan(pipeline, { text: '', seed: 1 });
const { text, cache } = await orchestrator.run(pipeline, { text: '', seed: 1 }).result;
await orchestrator.close();
console.log(JSON.stringify({ text, hits: cache.hits, planned: phases[0].cache }));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  return JSON.parse(stdout) as never;
}

test.each([
  ['a constant beside the phase', 'pipeline.mjs', ["mark = '!'", "mark = '?'"], 'HELLO?'],
  ['a helper of a helper', 'lib/deep.mjs', ['toUpperCase', 'toLowerCase'], 'hello!'],
])('misses: %s was edited', async (_, file, [from, to], text) => {
  const dir = await folder();
  const cache = folderOfTest();
  expect(await run(dir, cache)).toEqual({ text: 'HELLO!', hits: 0, planned: 'miss' });
  expect(await run(dir, cache)).toEqual({ text: 'HELLO!', hits: 1, planned: 'hit' });
  await writeFile(join(dir, 'aside.mjs'), 'export const nothing = 2;\n');
  expect((await run(dir, cache)).hits).toBe(1);
  await writeFile(join(dir, file), files[file as keyof typeof files].replace(from as string, to as string));
  expect(await run(dir, cache)).toEqual({ text, hits: 0, planned: 'miss' });
});

test('a copy of the folder hits', async () => {
  const cache = folderOfTest();
  await run(await folder(), cache);
  expect((await run(await folder(), cache)).hits).toBe(1);
});

test('a process that has loaded a module runs it, and keeps what it makes under what it runs', async () => {
  const dir = await folder();
  const { loadPipeline } = await import('../../src/pipelines/index.ts');
  const path = join(dir, 'pipeline.mjs');
  const before = await loadPipeline(path);
  await writeFile(join(dir, 'lib/deep.mjs'), 'export const style = (text) => text;\n');
  expect((await loadPipeline(path)).digest).toBe(before.digest);
});

test('a pipeline of a program can name its module', async () => {
  const { definePhase, definePipeline } = await import('../../src/index.ts');
  const dir = await folder();
  const work = definePhase({ id: 'work', kind: 'compute', run: () => 1 });
  const of = (module: string): string =>
    definePipeline({
      id: 'p',
      version: '1',
      description: '',
      module,
      phases: [work],
      result: { phase: work, text: String },
    }).digest;
  const module = pathToFileURL(join(dir, 'pipeline.mjs')).href;
  const before = of(module);
  expect(of(module)).toBe(before);
  await writeFile(join(dir, 'lib/deep.mjs'), 'export const style = 1;\n');
  expect(of(module)).not.toBe(before);
  expect(() => of('nowhere')).toThrow(/Expected `module` of pipeline `p` to be the URL of a file/);
});
