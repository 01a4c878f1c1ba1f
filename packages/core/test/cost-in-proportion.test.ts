/** What planning, running and reporting cost grows with what there is, and not with its square. */
import { expect, test } from 'vitest';

import { createOrchestrator, definePhase, selectStrategy, type Phase, type Pipeline } from '../src/index.ts';
import { independence } from '../src/strategy/independence.ts';
import { buildReport } from '../src/report/report-builder.ts';
import { finished } from './support/events.ts';
import { pipelineOf, request } from './support/one-phase.ts';

function chain(length: number): Pipeline {
  const phases: Phase[] = [];
  for (let index = 0; index < length; index += 1) {
    const before = phases.at(-1);
    phases.push(
      definePhase({
        id: `p${index}`,
        kind: 'compute',
        needs: before === undefined ? {} : { before },
        run: () => index,
      }),
    );
  }
  return pipelineOf(...phases);
}

async function measured(work: () => unknown): Promise<number> {
  const { user, system } = process.cpuUsage();
  await work();
  const after = process.cpuUsage();
  return (after.user - user + after.system - system) / 1000;
}

test('a chain of eight times as many phases costs about eight times as much to plan, to run and to report', async () => {
  await using orchestrator = createOrchestrator({ cache: { maxSize: 100_000 } });
  // The first time, code is compiled.
  await finished(orchestrator.run(chain(200), request));
  const costs = async (length: number): Promise<Record<'plan' | 'run' | 'report', number>> => {
    const pipeline = chain(length);
    const plan = await measured(() => orchestrator.plan(pipeline, request));
    let events: Parameters<typeof buildReport>[0] = [];
    const run = await measured(async () => {
      ({ events } = await finished(orchestrator.run(pipeline, request)));
    });
    return { plan, run, report: await measured(() => buildReport(events)) };
  };
  const small = await costs(500);
  const large = await costs(4000);
  // With each phase looking at all others it would be 64 times as much; the rest is for a busy machine.
  for (const part of ['plan', 'run', 'report'] as const)
    expect(large[part], part).toBeLessThan(28 * Math.max(small[part], 10));
});

test('the strategy looks at each edge once', () => {
  let looks = 0;
  const phases = chain(2000).phases.map(({ id, fanOut, needs }) => ({
    id,
    fanOut,
    get needs() {
      looks += 1;
      return needs;
    },
  }));
  const pipeline = { phases } as unknown as Pipeline;
  expect(independence(pipeline).width).toBe(1);
  expect(selectStrategy({ pipeline, optimized: true, maxWorkers: 8 }).name).toBe('sequential');
  expect(looks).toBe(2000);
});

test('the reason names a dozen phases and counts the others', () => {
  const phases = Array.from({ length: 40 }, (_, index) =>
    definePhase({ id: `p${index}`, kind: 'compute', run: () => index }),
  );
  const { reason } = selectStrategy({ pipeline: pipelineOf(...phases), optimized: true, maxWorkers: 8 });
  expect(reason).toBe('40 phases are independent (p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11 and 28 more)');
});
