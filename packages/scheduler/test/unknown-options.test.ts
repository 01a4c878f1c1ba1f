import { expect, test } from 'vitest';

import { defineGraph, defineTask, inlineRunner, runGraph, Scheduler } from '../src/index.ts';

const task = defineTask<number, number>({ module: new URL('fixtures/tasks.mjs', import.meta.url), export: 'double' });
const graph = defineGraph({ nodes: [{ id: 'a' }] });
const refusal = (code: string, name: string) =>
  expect.objectContaining({ code, message: expect.stringMatching(new RegExp(`have none but .*, got \`${name}\`$`)) });

test.each<[string, string, () => unknown]>([
  ['a Scheduler', 'maxWorker', () => new Scheduler({ maxWorker: 4 } as never)],
  ['a graph', 'node', () => defineGraph({ nodes: [], node: [] } as never)],
  ['a run', 'concurency', () => runGraph(graph, { execute: () => 1, concurency: 1 } as never)],
  ['an inline runner', 'grace', () => inlineRunner({}, { grace: 1 } as never)],
])('a name of %s that nobody reads is refused', (_what, name, make) => {
  const code = name === 'node' ? 'ERR_SCHEDULER_GRAPH_NODE' : 'ERR_SCHEDULER_OPTION';
  expect(make).toThrow(refusal(code, name));
});

test('a node with `need` in place of `needs` is refused, and does not run before what it needs', () => {
  const nodes = [{ id: 'deploy', need: ['build'] }, { id: 'build' }];
  expect(() => defineGraph({ nodes })).toThrow(refusal('ERR_SCHEDULER_GRAPH_NODE', 'need'));
  const needs = [{ id: 'build', optionl: true }];
  expect(() => defineGraph({ nodes: [{ id: 'deploy', needs }, { id: 'build' }] })).toThrow(
    refusal('ERR_SCHEDULER_GRAPH_NODE', 'optionl'),
  );
});

test('a node that is added with a member that nobody reads is refused, and so is the need of one', async () => {
  const thrown: unknown[] = [];
  const { result } = runGraph(graph, {
    execute: (_node, { add, addNeed, thread }) => {
      for (const wrong of [
        () => add([{ id: 'b', lanes: 'io' }] as never),
        () => addNeed('a', 'b', { optionl: true } as never),
      ]) {
        try {
          wrong();
        } catch (error) {
          thrown.push(error);
        }
      }
      return thread(task, 1, { signals: [] } as never).catch((error: unknown) => void thrown.push(error));
    },
  });
  expect((await result).status).toBe('succeeded');
  expect(thrown).toEqual([
    refusal('ERR_SCHEDULER_GRAPH_NODE', 'lanes'),
    refusal('ERR_SCHEDULER_OPTION', 'optionl'),
    expect.objectContaining({ code: 'ERR_SCHEDULER_THREADS_UNAVAILABLE' }),
  ]);
});

test.each([
  ['prioriy', { prioriy: 1 }],
  ['env', { env: {} }],
  ['attemps', { retry: { attempts: 1, attemps: 2 } }],
])('a submission with `%s` rejects before it runs', async (name, options) => {
  await using scheduler = new Scheduler();
  let ran = false;
  await expect(scheduler.submit(() => (ran = true), options as never)).rejects.toEqual(
    refusal('ERR_SCHEDULER_OPTION', name),
  );
  expect(ran).toBe(false);
});

test('work for a thread, `ready` and `close` read all that they are given, or refuse it', async () => {
  const scheduler = new Scheduler();
  await expect(scheduler.submit({ task, input: 1, inputs: 2 } as never)).rejects.toEqual(
    refusal('ERR_SCHEDULER_OPTION', 'inputs'),
  );
  await expect(scheduler.ready({ signl: 1 } as never)).rejects.toEqual(refusal('ERR_SCHEDULER_OPTION', 'signl'));
  expect(() => scheduler.close({ timeout: 1 } as never)).toThrow(refusal('ERR_SCHEDULER_OPTION', 'timeout'));
  expect(() => defineTask({ module: new URL('file:///a.js'), exports: 'a' } as never)).toThrow(
    refusal('ERR_SCHEDULER_TASK', 'exports'),
  );
  await scheduler.close();
});

test('members that are inherited are none of the options', async () => {
  await using scheduler = new Scheduler();
  const options = Object.assign(Object.create({ tenant: 'a' }) as object, { priority: 1 });
  expect(await scheduler.submit(() => 1, options)).toBe(1);
});
