/** What goes wrong with the data folder while a run goes on is said in words. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../test-support/temporary-folder.ts';
import { createOrchestrator, definePhase } from '../src/index.ts';
import { diskError } from '../src/run/disk-error.ts';
import { pipelineOf, request } from './support/one-phase.ts';

test.each(['ENOSPC', 'EACCES', 'ENOTDIR', 'EISDIR', 'EROFS', 'EIO'])(
  '%s of the system becomes ERR_ORC_DATA_DIR',
  (code) => {
    const cause = Object.assign(new Error('raw'), { code });
    expect(diskError(cause, { task: 'a' })).toMatchObject({
      code: 'ERR_ORC_DATA_DIR',
      message: expect.stringContaining(code),
      hint: expect.stringContaining('resume'),
      task: 'a',
      cause,
    });
  },
);

test('any other error stays what it is', () => {
  for (const error of [new Error('mine'), Object.assign(new Error('mine'), { code: 'ERR_MINE' }), 'text', null])
    expect(diskError(error, { task: 'a' })).toBe(error);
});

test('a file in the place of a folder is told so', async () => {
  using data = temporaryFolder();
  await using orchestrator = createOrchestrator({ dataDir: data.dir });
  const phase = definePhase({
    id: 'phase',
    kind: 'compute',
    run: () => 1,
    artifacts: () => [{ path: 'a/b/there.txt', content: 'text' }],
  });
  const run = orchestrator.run(pipelineOf(phase), request);
  run.subscribe(({ type }) => {
    if (type !== 'run-start') return;
    const artifacts = join(data.dir, 'sessions', run.sessionId, 'artifacts');
    mkdirSync(artifacts, { recursive: true });
    writeFileSync(join(artifacts, 'a'), 'in the way');
  });
  const { status, error } = await run.result;
  expect(status).toBe('failed');
  expect(error).toMatchObject({ code: 'ERR_ORC_ARTIFACT', hint: expect.stringContaining('resume') });
});

test('a need may be named __proto__ without becoming the prototype of the inputs', async () => {
  const first = definePhase({ id: 'first', kind: 'compute', run: () => ({ polluted: true }) });
  const needs = Object.fromEntries([['__proto__', first]]) as { first: typeof first };
  const second = definePhase({
    id: 'second',
    kind: 'compute',
    needs,
    run: ({ inputs }) => [Object.keys(inputs), 'polluted' in inputs],
  });
  await using orchestrator = createOrchestrator();
  const { text, error } = await orchestrator.run(pipelineOf(first, second), request).result;
  expect({ text, error }).toEqual({ text: '[["__proto__"],false]', error: undefined });
});
