import { expect, test } from 'vitest';

import { createOrchestrator, definePhase, each } from '../src/index.ts';
import { finished, ofType } from './support/events.ts';
import { pipelineOf, request } from './support/one-phase.ts';

const list = definePhase({ id: 'list', kind: 'compute', run: () => ['a', 'b'] });
const draft = definePhase({
  id: 'draft',
  kind: 'io',
  needs: { list },
  forEach: ({ inputs }) => inputs.list.map((name) => ({ key: name, value: name })),
  run: async ({ item }) => `draft ${item}`,
});
const check = definePhase({
  id: 'check',
  kind: 'io',
  needs: { draft: each(draft) },
  forEach: { phase: draft },
  run: async ({ inputs }) => `${inputs.draft}, checked`,
});
const none = definePhase({ id: 'none', kind: 'io', needs: { list }, forEach: () => [], run: () => 1 });
const end = definePhase({
  id: 'end',
  kind: 'compute',
  needs: { check, none },
  run: ({ inputs }) => inputs.check.length,
});

test('a phase starts with its first task, not when its items are known; one without items starts and ends at once', async () => {
  await using orchestrator = createOrchestrator();
  const { events } = await finished(orchestrator.run(pipelineOf(list, draft, check, none, end), request));
  const at = (type: string, name: string): number =>
    events.findIndex(
      (event) =>
        event.type === type &&
        (('task' in event && event.task === name) || ('phase' in event && !('task' in event) && event.phase === name)),
    );
  expect(at('phase-expand', 'check')).toBeLessThan(at('task-start', 'draft[a]'));
  expect(at('phase-start', 'check')).toBeGreaterThan(at('task-end', 'draft[a]'));
  expect(at('task-start', 'check[a]')).toBe(at('phase-start', 'check') + 1);
  expect(ofType(events, 'phase-end').find(({ phase }) => phase === 'none')).toMatchObject({ tasks: 0 });
  expect(at('phase-end', 'none')).toBeGreaterThan(at('phase-start', 'none'));
});
