import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../test-support/temporary-folder.ts';
import { createOrchestrator, definePhase, type OrcEvent } from '../src/index.ts';
import { ManualClock } from './ai/manual-clock.ts';
import { pipelineOf, request } from './support/one-phase.ts';

test('the end of a run is its last event, however long the disk takes to record it', async () => {
  using data = temporaryFolder();
  const clock = new ManualClock();
  await using orchestrator = createOrchestrator({ clock, dataDir: data.dir });
  const phase = definePhase({ id: 'phase', kind: 'compute', run: () => 1 });
  const run = orchestrator.run(pipelineOf(phase), request);
  const types: OrcEvent['type'][] = [];
  run.subscribe(({ type }) => {
    types.push(type);
    // Seconds pass while the session is being closed.
    if (type === 'run-end') queueMicrotask(() => clock.advance(2000));
  });
  await run.result;
  expect(types.at(-1)).toBe('run-end');
});
