import { afterEach, expect, test, vi } from 'vitest';

import { temporaryFolder } from '../../../../test-support/temporary-folder.ts';
import { createOrchestrator, definePhase, definePipeline } from '../../src/index.ts';

afterEach(() => {
  vi.useRealTimers();
});

function pipeline(broken: () => boolean) {
  const a = definePhase({ id: 'a', kind: 'io', run: () => Promise.resolve('x'.repeat(100_000)) });
  const b = definePhase({
    id: 'b',
    kind: 'io',
    needs: { a },
    retry: { attempts: 1 },
    run: () => (broken() ? Promise.reject(new Error('broken')) : Promise.resolve('y')),
  });
  return definePipeline({
    id: 'p',
    version: '1',
    description: 'two phases',
    phases: [a, b],
    result: { phase: b, text: String },
  });
}

test.each([[undefined], [['setImmediate', 'setTimeout', 'setInterval', 'performance', 'Date'] as const]])(
  'a run with a session ends and is resumed under fake timers: %j',
  async (toFake) => {
    using folder = temporaryFolder();
    vi.useFakeTimers(toFake === undefined ? {} : { toFake: [...toFake] });
    let broken = true;
    await using orchestrator = createOrchestrator({ dataDir: folder.dir });
    const failed = await orchestrator.run(
      pipeline(() => broken),
      { text: 'x', seed: 1 },
    ).result;
    expect(failed.status).toBe('failed');
    broken = false;
    const run = await orchestrator.resume(failed.sessionId, { pipelines: () => pipeline(() => broken) });
    expect((await run.result).status).toBe('succeeded');
    expect((await orchestrator.sessions.read(failed.sessionId)).summary.status).toBe('succeeded');
  },
);
