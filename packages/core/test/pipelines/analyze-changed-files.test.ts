/** A file that is saved while an analysis runs: nothing that was made from it is kept under what it was before. */
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { createOrchestrator, type RunResult } from '@orc/core';
import { resolveModel } from '@orc/core/ai';
import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../../test-support/temporary-folder.ts';
import { SourceReader } from '../../src/pipelines/analyze/source-reader.ts';
import { builtIn } from './built.ts';

const body = `export function f(a) {\n${'  if (a > 1 && a < 9) a += 1;\n'.repeat(30)}  return a;\n}\n`;

test('the next analysis of the old file tells what that holds', { timeout: 120_000 }, async () => {
  using data = temporaryFolder();
  using folder = temporaryFolder();
  const path = join(folder.dir, 'a.ts');
  writeFileSync(path, body);
  await using orchestrator = createOrchestrator({
    model: await resolveModel('offline/scribe', { env: {} }),
    dataDir: data.dir,
  });
  const pipeline = await builtIn('analyze');
  const request = { text: 'Analyze this codebase', input: folder.dir, seed: 1 };
  const analyze = async (afterScan?: () => void): Promise<RunResult> => {
    const run = orchestrator.run(pipeline, request);
    for await (const event of run) if (event.type === 'phase-end' && event.phase === 'scan') afterScan?.();
    return await run.result;
  };
  const poisoned = await analyze(() => writeFileSync(path, 'export const a = 1;\n'));
  expect(poisoned.status).toBe('succeeded');
  expect(poisoned.text).toContain('Changed while they were analyzed');
  expect(poisoned.text).toContain('`a.ts`');
  writeFileSync(path, body);
  const again = await analyze();
  expect(again.text).toContain('| lines of code | 33 |');
  expect(again.text).not.toContain('Changed while');
  const once = await analyze();
  expect(once.text).toBe(again.text);
});

test.skipIf(process.platform === 'win32')('a file is read as it was scanned, or not at all', () => {
  using folder = temporaryFolder();
  const sha256 = createHash('sha256').update('a').digest('hex');
  mkdirSync(join(folder.dir, 'sub'));
  for (const name of ['same', 'other', 'sub/linked']) writeFileSync(join(folder.dir, name), 'a');
  const files = ['same', 'other', 'gone', 'sub/linked'].map((path) => ({ path, sha256 }));
  writeFileSync(join(folder.dir, 'other'), 'b');
  rmSync(join(folder.dir, 'sub'), { recursive: true });
  symlinkSync('.', join(folder.dir, 'sub'));
  writeFileSync(join(folder.dir, 'linked'), 'a');
  const reader = new SourceReader({ root: folder.dir, files });
  expect(files.map(({ path }) => reader.read(path))).toEqual(['a', undefined, undefined, undefined]);
  expect(reader.changed).toEqual(['gone', 'other', 'sub/linked']);
});
