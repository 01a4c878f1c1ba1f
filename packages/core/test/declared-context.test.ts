/** What a phase sees of request and environment is what it declared, however it looks at it. */
import { expect, test } from 'vitest';

import { deferred } from '../../../test-support/deferred.ts';
import { createOrchestrator, definePhase, type PhaseUses } from '../src/index.ts';
import { finished } from './support/events.ts';
import { pipelineOf } from './support/one-phase.ts';

const request = { text: 'space', seed: 1, words: 5, options: { tone: 'dry', size: 2 } };
const env = { STYLE: 'short', SECRET: 'hush' };

async function seen(
  run: (context: { readonly request: object; readonly env: object }) => unknown,
  uses: PhaseUses = {},
): Promise<unknown> {
  const phase = definePhase({ id: 'phase', kind: 'compute', uses, run: run as never });
  await using orchestrator = createOrchestrator({ env });
  const { error, text } = await orchestrator.run(pipelineOf(phase), request).result;
  return error?.code ?? JSON.parse(text);
}

test.each([
  ['one of the environment', ({ env: all }: { env: object }) => String((all as Record<string, unknown>)['SECRET'])],
  [
    'one of the options',
    ({ request: all }: { request: object }) => String((all as { options: Record<string, unknown> }).options['size']),
  ],
])('reading a name that was not declared is refused: %s', async (_, run) => {
  expect(await seen(run as never, { env: ['STYLE'], request: ['options.tone'] })).toBe('ERR_ORC_UNDECLARED');
});

test('copies and lists hold what was declared and nothing else', async () => {
  const uses = { env: ['STYLE', 'ABSENT'], request: ['words', 'options.tone'] } as const;
  expect(await seen((context) => ({ ...context.env }), uses)).toEqual({ STYLE: 'short' });
  expect(await seen((context) => context.env, uses)).toEqual({ STYLE: 'short' });
  expect(await seen((context) => ({ ...context.request }), uses)).toEqual({ words: 5, options: { tone: 'dry' } });
  expect(await seen((context) => structuredClone((context.request as { options: object }).options), uses)).toEqual({
    tone: 'dry',
  });
  expect(await seen((context) => ['SECRET' in context.env, 'STYLE' in context.env], uses)).toEqual([false, true]);
  expect(await seen((context) => String((context.env as { ABSENT?: string }).ABSENT), uses)).toBe('undefined');
});

test('an environment that changes while a run goes on changes neither the result nor what is kept', async () => {
  const gate = deferred();
  const begun = deferred();
  const live: Record<string, string> = { STYLE: 'short' };
  const first = definePhase({
    id: 'first',
    kind: 'compute',
    run: async () => (begun.resolve(), await gate.promise, 1),
  });
  const second = definePhase({
    id: 'second',
    kind: 'compute',
    needs: { first },
    uses: { env: ['STYLE'] },
    run: ({ env: all }) => String(all['STYLE']),
  });
  await using orchestrator = createOrchestrator({ env: live });
  const run = orchestrator.run(pipelineOf(first, second), request);
  await begun.promise;
  live['STYLE'] = 'long';
  gate.resolve();
  expect((await run.result).text).toBe('"short"');
  expect((await orchestrator.run(pipelineOf(first, second), request).result).text).toBe('"long"');
});

test('the value of a variable stands in no part of a key that is told', async () => {
  const phase = definePhase({ id: 'phase', kind: 'compute', uses: { env: ['SECRET'] }, run: () => 1 });
  const pipeline = pipelineOf(phase);
  const told: unknown[] = [];
  for (const SECRET of ['hush', 'hush hush']) {
    await using orchestrator = createOrchestrator({ env: { SECRET } });
    told.push(await orchestrator.explain(pipeline, request, 'phase'));
    told.push((await finished(orchestrator.run(pipeline, request))).events);
  }
  expect(JSON.stringify(told)).not.toContain('hush');
});
