import { readFile, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../../test-support/temporary-folder.ts';
import { createOrchestrator } from '../../src/index.ts';
import { readJournal } from '../../src/session/journal-reader.ts';
import { echoModel } from '../kill/pipeline.mjs';
import { copySession, resumeWith, runSession } from './resume-support.ts';

// Every way a line can be cut (before, within its checksum, in the middle, without its line feed, after), over the whole file.
function sampledOffsets(bytes: Buffer): readonly number[] {
  const offsets = new Set([0, 1, bytes.length - 1, bytes.length]);
  let start = 0;
  for (let line = 0; start < bytes.length; line += 1) {
    const stop = bytes.indexOf(0x0a, start);
    const cuts = [start, start + 5, start + ((stop - start) >> 1), stop, stop + 1];
    if (line < 2) for (const cut of cuts) offsets.add(cut);
    else if (line % 2 === 0) offsets.add(cuts[(line / 2) % cuts.length] ?? start);
    start = stop + 1;
  }
  return [...offsets].toSorted((a, b) => a - b);
}

test('a finished journal that was cut anywhere resumes to the same bytes', { timeout: 60_000 }, async () => {
  using origin = temporaryFolder();
  using other = temporaryFolder();
  const whole = await runSession(origin.dir, { maxWorkers: 4 });
  expect(whole.result.status).toBe('succeeded');
  const session = join(origin.dir, 'sessions', 'one');
  const journal = await readFile(join(session, 'journal.ndjson'));
  const offsets = sampledOffsets(journal);
  expect(offsets.length).toBeGreaterThan(25);
  // No cache: what is not in the folder has to be done again.
  const common = { dataDir: other.dir, model: echoModel(0), cache: false } as const;
  await using parallel = createOrchestrator({ ...common, maxWorkers: 4 });
  await using sequential = createOrchestrator({ ...common, maxWorkers: 1 });
  await using standard = createOrchestrator({ ...common, optimized: false });
  const orchestrators = [parallel, sequential, standard] as const;
  const counts = new Set<number>();
  for (const [index, offset] of offsets.entries()) {
    const dir = await copySession(session, other.dir, `cut-${offset}`);
    await truncate(join(dir, 'journal.ndjson'), offset);
    const recorded = readJournal(journal.subarray(0, offset), 'one').tasks;
    counts.add(recorded.size);
    // An artifact whose record was cut off may be there or not; one whose record is there is.
    const kept = new Set([...recorded.values()].flatMap(({ artifacts = [] }) => artifacts.map(({ path }) => path)));
    if (index % 2 === 0)
      for (const path of Object.keys(whole.artifacts)) if (!kept.has(path)) await rm(join(dir, 'artifacts', path));
    const again = await resumeWith(orchestrators[index % 3] ?? parallel, other.dir, `cut-${offset}`);
    expect({ offset, error: again.result.error, status: again.result.status }).toEqual({
      offset,
      error: undefined,
      status: 'succeeded',
    });
    expect(again.result.text).toBe(whole.result.text);
    expect(again.artifacts).toEqual(whole.artifacts);
    expect(again.executed.filter((task) => recorded.has(task))).toEqual([]);
    expect(again.executed.length + recorded.size).toBeGreaterThanOrEqual(whole.executed.length);
  }
  expect(counts.size).toBeGreaterThan(15);
});
