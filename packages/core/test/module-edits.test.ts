/** A worker module that is edited while the process lives is run as it is, on threads that have loaded it before too. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { defineTask } from '@orc/scheduler';
import { expect, test } from 'vitest';

import { folderOfTest } from '../../../test-support/temporary-folder.ts';
import { createOrchestrator, definePhase, type Pipeline } from '../src/index.ts';
import { finished, ofType } from './support/events.ts';
import { pipelineOf, request } from './support/one-phase.ts';

interface Edited {
  readonly dir: string;
  readonly cache: string;
  readonly pipeline: () => Pipeline;
}

async function edited(): Promise<Edited> {
  const dir = folderOfTest();
  await writeFile(join(dir, 'package.json'), '{"type":"module"}');
  await writeFile(join(dir, 'task.js'), "import { word } from './word.js';\nexport default () => `task ${word}`;\n");
  await writeFile(join(dir, 'word.js'), "export const word = 'one';\n");
  const module = pathToFileURL(join(dir, 'task.js'));
  return {
    dir,
    cache: folderOfTest(),
    pipeline: () => pipelineOf(definePhase({ id: 'work', kind: 'cpu', run: defineTask<unknown, string>({ module }) })),
  };
}

test.each([
  ['the module itself', 'task.js', 'export default () => `task two`;\n'],
  ['a module that it imports', 'word.js', "export const word = 'two';\n"],
])('an edit of %s is run, and never kept as something else', async (_, file, text) => {
  const { dir, cache, pipeline } = await edited();
  await using orchestrator = createOrchestrator({ maxWorkers: 1, cache: { file: { dir: cache } } });
  expect(await orchestrator.run(pipeline(), request).result).toMatchObject({ text: '"task one"' });
  await writeFile(join(dir, file), text);
  expect(await orchestrator.run(pipeline(), request).result).toMatchObject({ text: '"task two"', cache: { hits: 0 } });
  await using other = createOrchestrator({ cache: { file: { dir: cache } } });
  expect(await other.run(pipeline(), request).result).toMatchObject({ text: '"task two"', cache: { hits: 1 } });
});

test('what was run while its module was edited is used, said, and not kept', async () => {
  const { dir, cache, pipeline } = await edited();
  const defined = pipeline();
  await writeFile(join(dir, 'word.js'), "export const word = 'two';\n");
  await using orchestrator = createOrchestrator({ cache: { file: { dir: cache } } });
  const { text, events } = await finished(orchestrator.run(defined, request));
  expect(text).toBe('"task two"');
  expect(ofType(events, 'degrade')).toMatchObject([{ what: 'files', message: expect.stringContaining('word.js') }]);
  expect(await orchestrator.plan(defined, request)).toMatchObject({ totals: { hits: 0 } });
});
