/** What is wrong with options is told at once, with its path. */
import { expect, test } from 'vitest';

import { createOrchestrator, definePhase, definePipeline } from '../src/index.ts';
import { pipelineOf, request } from './support/one-phase.ts';

const phase = definePhase({ id: 'phase', kind: 'compute', run: () => 1 });

test.each([
  ['options', null],
  ['maxworkers', { maxworkers: 3 }],
  ['maxWorkers', { maxWorkers: 2.5 }],
  ['limits', { limits: null }],
  ['limits.retries', { limits: { retries: 3 } }],
  ['limits.phaseTimeout', { limits: { phaseTimeout: -1 } }],
  ['cache', { cache: null }],
  ['cache.maxsize', { cache: { maxsize: 3 } }],
  ['cache.maxSize', { cache: { maxSize: 0 } }],
  ['cache.ttl', { cache: { ttl: 0 } }],
  ['cache.file.path', { cache: { file: { path: 'x' } } }],
  ['cache.file.dir', { cache: { file: { dir: '' } } }],
  ['cache.tiers[0]', { cache: { tiers: [{}] } }],
  ['prefetch', { prefetch: 'all' }],
  ['dataDir', { dataDir: '' }],
  ['model', { model: {} }],
  ['models', { models: {} }],
  ['remote', { remote: {} }],
  ['env', { env: 'PATH' }],
  ['observers[0]', { observers: [{}] }],
  ['meter', { meter: {} }],
  ['tracer', { tracer: {} }],
  ['clock', { clock: {} }],
] as const)('a wrong `%s` of an orchestrator is refused', (path, options) => {
  expect(() => createOrchestrator(options as never)).toThrow(
    expect.objectContaining({ code: 'ERR_ORC_OPTION', message: expect.stringContaining(`\`${path}\``) }),
  );
});

test.each([
  ['a pipeline', null],
  ['phase', { phase: [phase] }],
  ['result.title', { phases: [phase], result: { phase, text: String, title: 'x' } }],
  ['package', { phases: [phase], result: { phase, text: String }, package: {} }],
  ['source', { phases: [phase], result: { phase, text: String }, source: 1 }],
] as const)('a wrong `%s` of a pipeline is refused', (path, options) => {
  const whole = options === null ? null : { id: 'p', version: '1', description: '', ...options };
  expect(() => definePipeline(whole as never)).toThrow(
    expect.objectContaining({ code: 'ERR_ORC_PIPELINE', message: expect.stringContaining(path) }),
  );
});

test('a wrong option of a run is refused, and what can be in no key is none of a request', async () => {
  await using orchestrator = createOrchestrator();
  expect(() => orchestrator.run(pipelineOf(phase), request, { frehs: true } as never)).toThrow(
    expect.objectContaining({ code: 'ERR_ORC_OPTION', message: expect.stringContaining('`frehs`') }),
  );
  const options = { tone: () => 'dry' } as never;
  await expect(orchestrator.run(pipelineOf(phase), { ...request, options }).result).rejects.toMatchObject({
    code: 'ERR_ORC_REQUEST',
    message: expect.stringContaining('`request.options.tone`'),
  });
});
