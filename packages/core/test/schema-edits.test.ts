/** What the cache holds is what today's schema makes of it, whatever of the schema was edited. */
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { expect, test } from 'vitest';
import { z } from 'zod';
import * as zod3 from 'zod/v3';

import { folderOfTest } from '../../../test-support/temporary-folder.ts';
import { createOrchestrator, definePhase, type Pipeline, type RunResult } from '../src/index.ts';
import { pipelineOf, request } from './support/one-phase.ts';

const value = { a: 'Hello', n: 5 };

function made(outputSchema: StandardSchemaV1, returned: unknown = value): Pipeline {
  const phase = definePhase({
    id: 'phase',
    kind: 'compute',
    source: JSON.stringify(returned),
    retry: { attempts: 1 },
    outputSchema,
    run: () => returned,
  });
  return pipelineOf(phase);
}

const of = (result: RunResult): string => (result.status === 'succeeded' ? result.text : String(result.error?.code));

const upper = (text: string): string => text.toUpperCase();
const lower = (text: string): string => text.toLowerCase();
const n = z.number();

/** A schema of a library that shows nothing but how it calls its checks. */
function closed(check: (value: unknown) => boolean, change: (value: unknown) => unknown): StandardSchemaV1 {
  const validate: StandardSchemaV1['~standard']['validate'] = (given) =>
    check(given) ? { value: change(given) } : { issues: [{ message: 'no' }] };
  return { '~standard': { version: 1, vendor: 'closed', validate } };
}

const edits: Record<string, readonly [StandardSchemaV1, StandardSchemaV1]> = {
  'a transform': [z.object({ a: z.string().transform(upper) }), z.object({ a: z.string().transform(lower) })],
  'a bound beside a transform': [
    z.object({ a: z.string().transform(upper), n }),
    z.object({ a: z.string().transform(upper), n: n.max(3) }),
  ],
  'a refinement': [z.object({ n }).refine((one) => one.n > 1), z.object({ n }).refine((one) => one.n < 3)],
  'a refinement inside': [z.object({ n: n.refine((one) => one > 1) }), z.object({ n: n.refine((one) => one < 3) })],
  superRefine: [
    z.object({ n }).superRefine(() => undefined),
    z.object({ n }).superRefine((_, context) => context.addIssue('no')),
  ],
  overwrite: [z.object({ a: z.string() }), z.object({ a: z.string().overwrite((text) => `${text}!`) })],
  toUpperCase: [z.object({ a: z.string().trim() }), z.object({ a: z.string().toUpperCase() })],
  preprocess: [
    z.object({ a: z.preprocess(() => 'one', z.string()) }),
    z.object({ a: z.preprocess(() => 'two', z.string()) }),
  ],
  'a default': [z.object({ d: z.string().default('x') }), z.object({ d: z.string().default('y') })],
  'a catch': [z.object({ a: z.number().catch(1) }), z.object({ a: z.number().catch(2) })],
  strip: [z.looseObject({ a: z.string() }), z.object({ a: z.string() })],
  coerce: [z.object({ n: z.coerce.string() }), z.object({ n: z.coerce.number() })],
  'zod 3: a bound': [
    zod3.object({ a: zod3.string() }).passthrough(),
    zod3.object({ a: zod3.string().max(2) }).passthrough(),
  ],
  'zod 3: a member': [zod3.object({ a: zod3.string(), n: zod3.number() }), zod3.object({ a: zod3.string() })],
  'zod 3: a refinement': [
    zod3.object({ n: zod3.number().refine((one) => one > 1) }),
    zod3.object({ n: zod3.number().refine((one) => one < 3) }),
  ],
  'what a check closes over': [
    closed(
      () => true,
      (one) => one,
    ),
    closed(
      () => false,
      (one) => one,
    ),
  ],
  'what a change closes over': [
    closed(
      () => true,
      () => 'one',
    ),
    closed(
      () => true,
      () => 'two',
    ),
  ],
};

test.each(Object.entries(edits))('%s that was edited counts, in memory and from a cache folder', async (_, pair) => {
  const [before, after] = pair;
  const fresh = createOrchestrator({ cache: false });
  const wanted = of(await fresh.run(made(after), request).result);
  const file = { dir: folderOfTest() };
  await using one = createOrchestrator({ cache: { file } });
  expect((await one.run(made(before), request).result).status).toBe('succeeded');
  expect(of(await one.run(made(after), request).result)).toBe(wanted);
  await using other = createOrchestrator({ cache: { file } });
  expect(of(await other.run(made(before), request).result)).not.toBe(wanted);
  await using third = createOrchestrator({ cache: { file } });
  expect(of(await third.run(made(after), request).result)).toBe(wanted);
});

test('the same schema made again hits', async () => {
  await using orchestrator = createOrchestrator({ cache: { file: { dir: folderOfTest() } } });
  for (const hits of [0, 1, 1]) {
    const schema = z.object({ a: z.string().transform(upper), l: z.lazy(() => z.number()).optional() });
    const { cache, text } = await orchestrator.run(made(schema), request).result;
    expect([cache.hits, text]).toEqual([hits, '{"a":"HELLO"}']);
  }
});

test('a recursive schema has a digest', () => {
  const node: z.ZodType = z.object({
    value: z.string(),
    get children() {
      return z.array(node);
    },
  });
  expect(() => made(node)).not.toThrow();
});

test('a plan says that a result does not satisfy its schema any more, and so does the run', async () => {
  const cache = { file: { dir: folderOfTest() } };
  const limit = { most: 9 };
  const schema = (): StandardSchemaV1 =>
    closed(
      (one) => (one as typeof value).n < limit.most,
      (one) => one,
    );
  await using one = createOrchestrator({ cache });
  await one.run(made(schema()), request).result;
  limit.most = 3;
  const reason = expect.stringContaining('does not satisfy the output schema');
  expect((await one.plan(made(schema()), request)).phases).toMatchObject([{ cache: 'miss', reason }]);
  expect(of(await one.run(made(schema()), request).result)).toBe('ERR_ORC_OUTPUT_INVALID');
});

test('a hit in memory is checked once, one of a cache folder once a process', async () => {
  let checks = 0;
  const schema = closed(
    () => (checks += 1) > 0,
    (one) => one,
  );
  const cache = { file: { dir: folderOfTest() } };
  const pipeline = made(schema);
  await using one = createOrchestrator({ cache });
  for (let run = 0; run < 3; run += 1) await one.run(pipeline, request).result;
  expect(checks).toBe(1);
  await using other = createOrchestrator({ cache });
  for (let run = 0; run < 3; run += 1) await other.run(pipeline, request).result;
  expect(checks).toBe(2);
});

test('two runs that meet at a result that fails its schema make it once more, each sees its own', async () => {
  const cache = { file: { dir: folderOfTest() } };
  const limit = { most: 9 };
  let runs = 0;
  const of = (): Pipeline =>
    pipelineOf(
      definePhase({
        id: 'phase',
        kind: 'compute',
        outputSchema: closed(
          (one) => (one as number) <= limit.most,
          (one) => one,
        ),
        run: () => (runs += 1),
      }),
    );
  await using orchestrator = createOrchestrator({ cache });
  await orchestrator.run(of(), request).result;
  limit.most = 0;
  const again = await Promise.all([1, 2].map(() => orchestrator.run(of(), request).result));
  expect(again.map(({ status }) => status)).toEqual(['failed', 'failed']);
  limit.most = 9;
  expect((await orchestrator.run(of(), request).result).status).toBe('succeeded');
});
