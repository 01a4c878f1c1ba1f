import fc from 'fast-check';
import { expect, test } from 'vitest';

import { defineGraph, runGraph, Scheduler, skip } from '../src/index.ts';
import type { FailureMode, GraphNodeDefinition, GraphResult } from '../src/index.ts';
import { seededRandom } from '../src/testing/index.ts';

type Behaviour = 'ok' | 'fail' | 'skip';
interface Plan {
  readonly nodes: readonly GraphNodeDefinition[];
  readonly behaviours: Readonly<Record<string, Behaviour>>;
  /** Nodes that a node adds when it runs. */
  readonly children: Readonly<Record<string, number>>;
  readonly seed: number;
}

const plans = (failures: boolean): fc.Arbitrary<Plan> =>
  fc
    .record({
      size: fc.integer({ min: 1, max: 14 }),
      edges: fc.array(fc.tuple(fc.nat(13), fc.nat(13), fc.boolean()), { maxLength: 30 }),
      lanes: fc.array(fc.constantFrom('io', 'compute', 'cpu', 'none'), { minLength: 14, maxLength: 14 }),
      priorities: fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 14, maxLength: 14 }),
      behaviours: fc.array(
        fc.constantFrom<Behaviour>('ok', 'ok', 'ok', 'skip', ...(failures ? (['fail'] as const) : [])),
        { minLength: 14, maxLength: 14 },
      ),
      children: fc.array(fc.constantFrom(0, 0, 0, 1, 3), { minLength: 14, maxLength: 14 }),
      seed: fc.integer(),
    })
    .map(({ size, edges, lanes, priorities, behaviours, children, seed }) => {
      const id = (index: number) => `n${index}`;
      const nodes = Array.from({ length: size }, (_, index) => ({
        id: id(index),
        // Only backwards: no cycle by construction.
        needs: edges
          .filter(([from, to]) => to % size === index && from % size < index)
          .map(([from, , optional]) => ({ id: id(from % size), optional })),
        lane: lanes[index] as 'io',
        priority: priorities[index] as number,
      }));
      return {
        nodes,
        behaviours: Object.fromEntries(nodes.map((node, index) => [node.id, behaviours[index] as Behaviour])),
        children: Object.fromEntries(nodes.map((node, index) => [node.id, children[index] as number])),
        seed,
      };
    });

interface Trace {
  readonly result: GraphResult;
  readonly starts: Map<string, number>;
  readonly log: string[];
  readonly most: number;
}

async function play(
  plan: Plan,
  options: { concurrency: number; failureMode: FailureMode; shared?: boolean },
): Promise<Trace> {
  const random = seededRandom(plan.seed);
  const starts = new Map<string, number>();
  const log: string[] = [];
  let running = 0;
  let most = 0;
  const scheduler =
    options.shared === true
      ? new Scheduler({ maxWorkers: options.concurrency, maxThreads: options.concurrency })
      : undefined;
  const run = runGraph(defineGraph({ nodes: plan.nodes }), {
    concurrency: options.concurrency,
    failureMode: options.failureMode,
    scheduler,
    execute: async (node, { add, signal }) => {
      starts.set(node.id, (starts.get(node.id) ?? 0) + 1);
      log.push(`start ${node.id}`);
      if (node.lane !== 'none') running += 1;
      most = Math.max(most, running);
      const count = plan.children[node.id] ?? 0;
      if (count > 0) {
        const ids = Array.from({ length: count }, (_, index) => `${node.id}/${index}`);
        add([...ids.map((id) => ({ id, needs: [node.id] })), { id: `${node.id}/all`, needs: ids }]);
      }
      // Any number of turns, so that everything that may overlap does.
      for (let turns = Math.floor(random() * 6); turns > 0 && !signal.aborted; turns -= 1) await Promise.resolve();
      if (node.lane !== 'none') running -= 1;
      log.push(`end ${node.id}`);
      if (signal.aborted) throw signal.reason;
      const behaviour = plan.behaviours[node.id] ?? 'ok';
      if (behaviour === 'fail') throw new Error(`${node.id} failed`);
      return behaviour === 'skip' ? skip('asked to') : `${node.id} done`;
    },
  });
  const result = await run.result;
  await scheduler?.close();
  return { result, starts, log, most };
}

const shape = ({ outcomes, status }: GraphResult) => ({
  status,
  outcomes: [...outcomes]
    .map(([id, outcome]) => [id, outcome.status === 'failed' ? String(outcome.error) : outcome] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1)),
});

function needsOf(plan: Plan, id: string): { id: string; optional: boolean }[] {
  const own = plan.nodes.find((node) => node.id === id)?.needs as { id: string; optional: boolean }[] | undefined;
  if (own !== undefined) return own;
  const parent = id.slice(0, id.indexOf('/'));
  const count = plan.children[parent] ?? 0;
  return id.endsWith('/all')
    ? Array.from({ length: count }, (_, index) => ({ id: `${parent}/${index}`, optional: false }))
    : [{ id: parent, optional: false }];
}

function lawful(plan: Plan, trace: Trace, concurrency: number): void {
  const { result, starts, log, most } = trace;
  expect(most).toBeLessThanOrEqual(concurrency);
  // Each node at most once, and every node of the graph has an outcome.
  for (const count of starts.values()) expect(count).toBe(1);
  for (const { id } of plan.nodes) expect(result.outcomes.has(id)).toBe(true);
  for (const [id, outcome] of result.outcomes) {
    const started = log.indexOf(`start ${id}`);
    for (const need of needsOf(plan, id)) {
      const needed = result.outcomes.get(need.id);
      if (started >= 0) {
        // Every edge ordered: what it needs has ended before it starts.
        const ended = log.indexOf(`end ${need.id}`);
        expect(needed).toBeDefined();
        if (log.includes(`start ${need.id}`)) expect(ended).toBeLessThan(started);
        if (!need.optional) expect(needed?.status).toBe('fulfilled');
      }
    }
    if (outcome.status === 'fulfilled' || outcome.status === 'failed') expect(started).toBeGreaterThanOrEqual(0);
    if (outcome.status === 'skipped') expect(result.outcomes.has(outcome.cause)).toBe(true);
  }
}

const concurrencies = fc.constantFrom(2, 3, 8);

test('where nothing fails, one at a time gives the outcomes of many at once', async () => {
  await fc.assert(
    fc.asyncProperty(
      plans(false),
      concurrencies,
      fc.constantFrom<FailureMode>('no-new', 'continue', 'kill'),
      async (plan, concurrency, failureMode) => {
        const one = await play(plan, { concurrency: 1, failureMode });
        const many = await play(plan, { concurrency, failureMode, shared: true });
        lawful(plan, one, 1);
        lawful(plan, many, concurrency);
        expect(shape(many.result)).toEqual(shape(one.result));
        expect(one.result.status).toBe('succeeded');
      },
    ),
    { numRuns: 150 },
  );
});

test('under continue, one at a time gives the outcomes of many at once, failures included', async () => {
  await fc.assert(
    fc.asyncProperty(plans(true), concurrencies, async (plan, concurrency) => {
      const one = await play(plan, { concurrency: 1, failureMode: 'continue' });
      const many = await play(plan, { concurrency, failureMode: 'continue' });
      lawful(plan, one, 1);
      lawful(plan, many, concurrency);
      expect(shape(many.result)).toEqual(shape(one.result));
    }),
    { numRuns: 150 },
  );
});

test('under no-new and kill nothing starts after a failure', async () => {
  await fc.assert(
    fc.asyncProperty(
      plans(true),
      concurrencies,
      fc.constantFrom<FailureMode>('no-new', 'kill'),
      async (plan, concurrency, failureMode) => {
        const trace = await play(plan, { concurrency, failureMode });
        lawful(plan, trace, concurrency);
        const failed = [...trace.result.outcomes]
          .filter(([, outcome]) => outcome.status === 'failed')
          .map(([id]) => id);
        expect(trace.result.status).toBe(failed.length > 0 ? 'failed' : 'succeeded');
        if (failed.length === 0) return;
        const firstFailure = Math.min(...failed.map((id) => trace.log.indexOf(`end ${id}`)));
        // The failure is known one turn after its node's last step; what started in that very turn had started already.
        const later = trace.log.slice(firstFailure + 1).filter((line) => line.startsWith('start'));
        expect(later.length).toBeLessThanOrEqual(
          concurrency + plan.nodes.filter((node) => node.lane === 'none').length,
        );
        for (const outcome of trace.result.outcomes.values()) {
          if (failureMode === 'no-new') expect(outcome.status).not.toBe('cancelled');
        }
      },
    ),
    { numRuns: 150 },
  );
});

test('a cancelled run ends, and every node says how', async () => {
  await fc.assert(
    fc.asyncProperty(plans(true), concurrencies, fc.nat(20), async (plan, concurrency, turns) => {
      const started: string[] = [];
      const run = runGraph(defineGraph({ nodes: plan.nodes }), {
        concurrency,
        failureMode: 'continue',
        execute: async (node, { signal }) => {
          started.push(node.id);
          for (let turn = 0; turn < 5 && !signal.aborted; turn += 1) await Promise.resolve();
          if (signal.aborted) throw new Error('obeyed');
        },
      });
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      const before = started.length;
      run.cancel('stop');
      const { outcomes, status } = await run.result;
      expect(outcomes.size).toBe(plan.nodes.length);
      expect(started).toHaveLength(status === 'cancelled' ? before : started.length);
      for (const outcome of outcomes.values()) if (outcome.status === 'cancelled') expect(outcome.reason).toBe('stop');
    }),
    { numRuns: 100 },
  );
});
