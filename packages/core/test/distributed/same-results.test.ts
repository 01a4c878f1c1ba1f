/** All four strategies keep the same results, pay for the same calls and leave the same files, whatever the outcome. */
import { randomUUID } from 'node:crypto';

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { startRedis, withoutRedis } from '../../../../test-support/redis-server.ts';
import type { RedisServer } from '../../../../test-support/redis-server.ts';
import { folderOfTest } from '../../../../test-support/temporary-folder.ts';
import { distributedPhaseRunner, servePipelines } from '../../src/distributed/index.ts';
import { createOrchestrator, definePhase, definePipeline } from '../../src/index.ts';
import type { ModelReply, OrchestratorOptions, Phase, Pipeline } from '../../src/index.ts';
import { fakeModel } from '../support/fake-model.ts';

const preset = { lockMs: 2000, stalledMs: 500, heartbeatMs: 200, pollMs: 100, brokerLostMs: 10_000 };

/** What a phase meets: each attempt in turn gets the next one, the last for all that follow. */
type Outcome = 'whole' | 'truncated' | 'filtered' | 'broken' | 'invalid';

interface Plan {
  readonly outcomes: readonly Outcome[];
  /** Whether the phase goes on without a reply that it does not get. */
  readonly lenient: boolean;
  /** Whether its output may be kept. */
  readonly keeps: boolean;
  readonly artifact: boolean;
}

const plans = fc.array(
  fc.record({
    outcomes: fc.array(fc.constantFrom<Outcome>('whole', 'truncated', 'filtered', 'broken', 'invalid'), {
      minLength: 1,
      maxLength: 3,
    }),
    lenient: fc.boolean(),
    keeps: fc.boolean(),
    artifact: fc.boolean(),
  }),
  { minLength: 2, maxLength: 3 },
);

/** A reply of each kind. The model is asked by phase and counts how often. */
function replies(all: readonly Plan[]): {
  readonly model: ReturnType<typeof fakeModel>;
  readonly asked: () => readonly number[];
} {
  const asked = all.map(() => 0);
  const model = fakeModel({
    priced: true,
    costUsd: 0.25,
    reply({ prompt }): Partial<ModelReply> {
      const index = Number(prompt);
      const { outcomes } = all[index] as Plan;
      const outcome = outcomes[Math.min(asked[index] as number, outcomes.length - 1)];
      asked[index] = (asked[index] as number) + 1;
      if (outcome === 'truncated') return { text: 'half', finishReason: 'length' };
      if (outcome === 'filtered') return { text: '', finishReason: 'content-filter' };
      if (outcome === 'broken') return { text: 'broken', finishReason: 'error' };
      return { text: outcome === 'invalid' ? 'invalid' : `whole ${index}` };
    },
  });
  return { model, asked: () => [...asked] };
}

const valid = {
  '~standard': {
    version: 1 as const,
    vendor: 'test',
    validate: (value: unknown) =>
      value === 'invalid' ? { issues: [{ message: 'invalid' }] } : { value: value as string },
  },
};

function pipelineFor(all: readonly Plan[]): Pipeline {
  const phases: Phase[] = all.map(({ lenient, keeps, artifact }, index) =>
    definePhase({
      id: `p${index}`,
      kind: 'llm',
      // What a closure holds is not in the digest of its text.
      version: JSON.stringify({ lenient, keeps, artifact, index }),
      retry: { attempts: 2, backoffMs: 1 },
      outputSchema: valid,
      run: async ({ model }) => {
        try {
          return await model.text(String(index));
        } catch (error) {
          if (lenient) return 'instead';
          throw error;
        }
      },
      cache: { when: () => keeps },
      ...(artifact ? { artifacts: (output: unknown) => [{ path: `p${index}.txt`, content: String(output) }] } : {}),
    }),
  );
  const end = definePhase({
    id: 'end',
    kind: 'compute',
    needs: Object.fromEntries(phases.map((phase) => [phase.id, phase])),
    run: ({ inputs }) => JSON.stringify(inputs),
  });
  return definePipeline({
    id: 'outcomes',
    version: '1',
    description: 'A test',
    phases: [...phases, end],
    result: { phase: end, text: (output) => output },
  });
}

/** Two runs of the same on one cache: what the second one asks anew was not kept. */
async function trace(
  options: Partial<OrchestratorOptions>,
  pipeline: Pipeline,
  asked: () => readonly number[],
): Promise<readonly unknown[]> {
  await using orchestrator = createOrchestrator({
    dataDir: folderOfTest(),
    prefetch: 'off',
    ...options,
  });
  const seen: unknown[] = [];
  for (let run = 0; run < 2; run += 1) {
    const before = asked();
    const { status, text, usage, artifacts, error } = await orchestrator.run(pipeline, { text: 'x', seed: 1 }).result;
    // A run that fails stops its siblings at a moment of its own.
    seen.push(
      status === 'succeeded'
        ? {
            status,
            text,
            usage,
            calls: asked().map((count, index) => count - (before[index] as number)),
            artifacts: artifacts.map(({ path, sha256 }) => `${path} ${sha256}`).toSorted(),
          }
        : { status, code: error?.code },
    );
    // How far its siblings came decides what the model answers next.
    if (status !== 'succeeded') break;
  }
  return seen;
}

describe.skipIf(withoutRedis)('the four strategies', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(async () => {
    await redis.stop();
  });

  const distributed = async (all: readonly Plan[]): Promise<unknown> => {
    const prefix = randomUUID();
    const { model, asked } = replies(all);
    const pipeline = pipelineFor(all);
    await using _server = await servePipelines({
      connection: redis.url,
      prefix,
      preset,
      concurrency: 4,
      pipelines: [pipeline],
      model,
    });
    const here = fakeModel({ priced: true, costUsd: 0.25 });
    const traced = await trace(
      { model: here, remote: distributedPhaseRunner({ connection: redis.url, prefix, preset }) },
      pipeline,
      asked,
    );
    expect(here.calls).toEqual([]);
    return traced;
  };

  test('give the same outcome, keep the same results, pay for the same calls', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(plans, async (given) => {
        // One phase that fails for good is enough; with all lenient every phase comes to its end.
        const all = given.map((plan, index) => (index === 0 ? plan : { ...plan, lenient: true }));
        const ways: readonly Partial<OrchestratorOptions>[] = [{ maxWorkers: 1 }, { maxWorkers: 4 }];
        const expected: (readonly unknown[])[] = [];
        for (const options of ways) {
          const { model, asked } = replies(all);
          expected.push(await trace({ ...options, model }, pipelineFor(all), asked));
        }
        expect(expected[1]).toEqual(expected[0]);
        const { model, asked } = replies(all);
        const [first] = await trace({ optimized: false, model }, pipelineFor(all), asked);
        expect(first).toEqual(expected[0]?.[0]);
        expect(await distributed(all)).toEqual(expected[0]);
      }),
      { numRuns: 10, seed: 13 },
    );
  });

  test.each(['truncated', 'filtered', 'broken'] as const)(
    'a %s reply without which the phase went on is not kept on any machine',
    async (outcome) => {
      const plan: Plan = { outcomes: [outcome], lenient: true, keeps: true, artifact: false };
      const all = [plan, { ...plan, outcomes: ['whole'] as const }];
      const { model, asked } = replies(all);
      const local = await trace({ maxWorkers: 4, model }, pipelineFor(all), asked);
      expect(local).toMatchObject([{ calls: [1, 1] }, { calls: [1, 0] }]);
      expect(await distributed(all)).toEqual(local);
    },
  );

  test('a failed attempt elsewhere is paid for', async () => {
    const all: Plan[] = [
      { outcomes: ['invalid', 'broken', 'whole'], lenient: false, keeps: true, artifact: true },
      { outcomes: ['whole'], lenient: true, keeps: true, artifact: true },
    ];
    const { model, asked } = replies(all);
    const local = await trace({ maxWorkers: 4, model }, pipelineFor(all), asked);
    expect(await distributed(all)).toEqual(local);
  });
});
