import assert from 'node:assert/strict';

import type { TaskRequest, TaskRunner } from '../runner.ts';

/** One case of a contract: run it under any test library. */
export interface ContractCase {
  /** What it shows, as a sentence. */
  readonly name: string;
  /** Rejects when the runner breaks the contract. */
  readonly run: () => Promise<void>;
}

/** Makes a fresh runner that knows {@link contractTasks} by name. */
export type MakeRunner = () => TaskRunner | Promise<TaskRunner>;

/**
 * What every {@link TaskRunner} must do, wherever it runs its tasks.
 *
 * @example
 * ```ts
 * for (const { name, run } of runnerContract(() => inlineRunner(contractTasks))) test(name, run);
 * ```
 */
export function runnerContract(makeRunner: MakeRunner): ContractCase[] {
  let ids = 0;
  const request = (task: string, rest: Partial<TaskRequest> = {}): TaskRequest => {
    ids += 1;
    return {
      id: `contract-${String(process.pid)}-${String(Date.now())}-${String(ids)}`,
      task,
      input: undefined,
      ...rest,
    };
  };
  const contractCase = (name: string, check: (runner: TaskRunner) => Promise<void>): ContractCase => ({
    name,
    run: async () => {
      const runner = await makeRunner();
      try {
        await check(runner);
      } finally {
        await runner.close({ timeoutMs: 0 });
      }
    },
  });
  /** Starts a task that does not end by itself; resolves when it has begun. */
  const begin = async (runner: TaskRunner, task: string, signal?: AbortSignal, rest: Partial<TaskRequest> = {}) => {
    let onProgress: (() => void) | undefined;
    const begun = new Promise<void>((resolve) => {
      onProgress = resolve;
    });
    const result = runner.run(request(task, { onProgress, ...rest }), { signal });
    const settled = result.then(
      (value) => ({ status: 'fulfilled' as const, value }),
      (reason: unknown) => ({ status: 'rejected' as const, reason }),
    );
    await Promise.race([begun, settled]);
    return { settled };
  };

  return [
    contractCase('has a name', async (runner) => {
      assert.equal(typeof runner.name, 'string');
      assert.notEqual(runner.name, '');
      return Promise.resolve();
    }),
    contractCase('gives back what the task returns', async (runner) => {
      const input = { text: 'ß', list: [1, null, true], nested: { deep: ['x'] } };
      const { value } = await runner.run(request('echo', { input }));
      assert.deepEqual(value, input);
    }),
    contractCase('runs many tasks and mixes none of them up', async (runner) => {
      const inputs = Array.from({ length: 20 }, (_, index) => index);
      const results = await Promise.all(inputs.map((input) => runner.run(request('echo', { input }))));
      assert.deepEqual(
        results.map(({ value }) => value),
        inputs,
      );
    }),
    contractCase('rejects with the error of the task: message, code, cause and own fields', async (runner) => {
      await assert.rejects(runner.run(request('fail')), (error: unknown) => {
        assert.ok(error instanceof RangeError);
        assert.equal(error.message, 'too much');
        assert.equal((error as { code?: unknown }).code, 'E_CONTRACT');
        assert.deepEqual((error as { details?: unknown }).details, { depth: 2 });
        assert.equal((error.cause as Error).message, 'the cause');
        return true;
      });
    }),
    contractCase('rejects a task that it does not know, and goes on', async (runner) => {
      await assert.rejects(runner.run(request('there-is-no-such-task')), { code: 'ERR_SCHEDULER_TASK_UNKNOWN' });
      assert.equal((await runner.run(request('echo', { input: 1 }))).value, 1);
    }),
    contractCase('tells the task which attempt it is', async (runner) => {
      assert.equal((await runner.run(request('attempt'))).value, 1);
      assert.equal((await runner.run(request('attempt', { attempt: 3 }))).value, 3);
    }),
    contractCase('passes progress on, in order and before the result', async (runner) => {
      const seen: unknown[] = [];
      const { value } = await runner.run(request('steps', { input: 5, onProgress: (step) => void seen.push(step) }));
      assert.equal(value, 5);
      assert.deepEqual(
        seen,
        [0, 1, 2, 3, 4].map((step) => ({ step })),
      );
    }),
    contractCase('rejects at once with exactly the reason of a signal that is aborted already', async (runner) => {
      const reason = new Error('too late');
      const outcome = await runner
        .run(request('echo'), { signal: AbortSignal.abort(reason) })
        .catch((error: unknown) => error);
      assert.equal(outcome, reason);
    }),
    contractCase('rejects with exactly the reason of the signal while the task runs, and goes on', async (runner) => {
      const controller = new AbortController();
      const { settled } = await begin(runner, 'wait', controller.signal);
      const reason = { why: 'the user left' };
      controller.abort(reason);
      const outcome = await settled;
      assert.equal('reason' in outcome && outcome.reason, reason);
      assert.equal((await runner.run(request('echo', { input: 2 }))).value, 2);
    }),
    contractCase('settles for a task that ignores its signal', async (runner) => {
      const controller = new AbortController();
      const reason = new Error('enough');
      const { settled } = await begin(runner, 'ignore', controller.signal);
      controller.abort(reason);
      const outcome = await settled;
      assert.equal('reason' in outcome && outcome.reason, reason);
    }),
    contractCase('aborts a task that takes too long with a TimeoutError', async (runner) => {
      const { settled } = await begin(runner, 'wait', undefined, { timeoutMs: 30 });
      const outcome = await settled;
      assert.equal('reason' in outcome && (outcome.reason as Error).name, 'TimeoutError');
    }),
    contractCase('leaves no listener on a signal', async (runner) => {
      const { signal, listeners } = countedSignal();
      await Promise.all([1, 2, 3].map((input) => runner.run(request('echo', { input }), { signal })));
      await runner.run(request('fail'), { signal }).catch(() => undefined);
      assert.equal(listeners(), 0);
    }),
    contractCase('refuses work after it was closed, and closes twice', async (runner) => {
      await runner.close();
      await runner.close();
      await assert.rejects(runner.run(request('echo')), { code: 'ERR_SCHEDULER_CLOSED' });
    }),
    contractCase('lets running work end when it is closed', async (runner) => {
      const running = runner.run(request('echo', { input: 'still here' }));
      await runner.close();
      assert.equal((await running).value, 'still here');
    }),
    contractCase('aborts what still runs after the time that closing has', async (runner) => {
      const { settled } = await begin(runner, 'wait');
      await runner.close({ timeoutMs: 10 });
      assert.equal((await settled).status, 'rejected');
    }),
    contractCase('lets a second closing with a time shorten the first', async (runner) => {
      const { settled } = await begin(runner, 'wait');
      const closing = runner.close();
      await runner.close({ timeoutMs: 10 });
      await closing;
      assert.equal((await settled).status, 'rejected');
    }),
  ];
}

function countedSignal(): { readonly signal: AbortSignal; readonly listeners: () => number } {
  const { signal } = new AbortController();
  let count = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...parameters: Parameters<typeof add>): void => {
    count += 1;
    add(...parameters);
  };
  signal.removeEventListener = (...parameters: Parameters<typeof remove>): void => {
    count -= 1;
    remove(...parameters);
  };
  return { signal, listeners: () => count };
}
