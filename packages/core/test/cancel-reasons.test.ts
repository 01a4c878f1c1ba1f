/** A run that is cancelled says so, whatever it is cancelled with. */
import { expect, test } from 'vitest';

import { deferred } from '../../../test-support/deferred.ts';
import { createOrchestrator, definePhase } from '../src/index.ts';
import { finished } from './support/events.ts';
import { pipelineOf, request } from './support/one-phase.ts';

const phase = definePhase({ id: 'phase', kind: 'compute', run: () => 1 });
const expired = (): DOMException => new DOMException('The operation was aborted due to timeout', 'TimeoutError');

test.each([
  ['nothing', undefined, 'This operation was aborted'],
  ['a text', 'gone', 'gone'],
  ['an error', new Error('left'), 'left'],
  ['a timeout of its own', expired(), 'The operation was aborted due to timeout'],
])('a signal that is aborted already, with %s, gives a cancelled run', async (_, reason, message) => {
  await using orchestrator = createOrchestrator();
  const result = await finished(orchestrator.run(pipelineOf(phase), request, { signal: AbortSignal.abort(reason) }));
  expect(result).toMatchObject({ status: 'cancelled', text: '', error: { code: 'ERR_ORC_CANCELLED', message } });
  expect(result.events.map(({ type }) => type)).toEqual(['run-start', 'run-cancel', 'phase-end', 'run-end']);
});

test.each([
  ['a text', 'enough', 'enough'],
  ['an error', new Error('enough'), 'enough'],
  ['a number', 7, '7'],
  ['a timeout of its own', expired(), 'The operation was aborted due to timeout'],
])('cancelling a run under way with %s has the code of a cancellation', async (_, reason, message) => {
  const started = deferred();
  const waiting = definePhase({
    id: 'waiting',
    kind: 'io',
    run: ({ signal }) =>
      new Promise<string>((__, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
        started.resolve();
      }),
  });
  await using orchestrator = createOrchestrator();
  const run = orchestrator.run(pipelineOf(waiting), request);
  await started.promise;
  run.cancel(reason);
  expect(await run.result).toMatchObject({ status: 'cancelled', error: { code: 'ERR_ORC_CANCELLED', message } });
});

test('a reason with a code of its own keeps it', async () => {
  await using orchestrator = createOrchestrator();
  const run = orchestrator.run(pipelineOf(phase), request);
  run.cancel(Object.assign(new Error('stopped'), { code: 'ERR_MINE' }));
  expect((await run.result).error).toMatchObject({ code: 'ERR_MINE', message: 'stopped' });
});
