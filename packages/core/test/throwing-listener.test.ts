/** Listeners are guests of a run. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { expect, test } from 'vitest';

import { createOrchestrator, definePhase } from '../src/index.ts';
import { finished, ofType } from './support/events.ts';
import { pipelineOf, request } from './support/one-phase.ts';

const phase = definePhase({ id: 'phase', kind: 'compute', run: () => 1 });

test('a listener that throws is told once, and gets the later events all the same', async () => {
  await using orchestrator = createOrchestrator();
  const run = orchestrator.run(pipelineOf(phase), request);
  let calls = 0;
  run.subscribe(() => {
    calls += 1;
    throw new Error('the view is gone');
  });
  const { status, events, degradations } = await finished(run);
  expect(status).toBe('succeeded');
  // It has not heard of the degradation that it is told of itself before all others have.
  expect(calls).toBe(events.length);
  expect(ofType(events, 'degrade')).toMatchObject([
    { what: 'listener', message: expect.stringContaining('the view is gone') },
  ]);
  expect(degradations).toHaveLength(1);
});

test('one that throws at the end alone is in the result, and the end stays the last event', async () => {
  await using orchestrator = createOrchestrator();
  const run = orchestrator.run(pipelineOf(phase), request);
  run.subscribe(({ type }) => {
    if (type === 'run-end') throw new Error('too late');
  });
  const { events, degradations } = await finished(run);
  expect(events.at(-1)?.type).toBe('run-end');
  expect(degradations).toMatchObject([{ what: 'listener' }]);
});

test('the process lives on', async () => {
  const script = `
    import { createOrchestrator, definePhase, definePipeline } from ${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)};
    const phase = definePhase({ id: 'phase', kind: 'compute', run: () => 1 });
    const pipeline = definePipeline({ id: 'p', version: '1', description: '', phases: [phase], result: { phase, text: String } });
    const orchestrator = createOrchestrator();
    const run = orchestrator.run(pipeline, { text: '', seed: 1 });
    run.subscribe(() => { throw new Error('thrown'); });
    console.log((await run.result).status);
    await orchestrator.close();`;
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  expect({ stdout, stderr }).toEqual({ stdout: 'succeeded\n', stderr: '' });
});
