import { createOrchestrator, definePhase, definePipeline } from '@orc/core';
import { describe, expect, it } from 'vitest';

import { criticalPathMs, simulateMakespanMs } from '../src/simulator.ts';
import { taskGraph } from '../src/task-graph.ts';

const start = definePhase({ id: 'start', kind: 'compute', run: () => 'start' });
const parts = definePhase({
  id: 'parts',
  kind: 'compute',
  needs: { start },
  forEach: () => ['a', 'b'].map((key) => ({ key, value: key })),
  run: ({ item }) => item,
});
const each = definePhase({
  id: 'each',
  kind: 'compute',
  forEach: { phase: parts },
  run: ({ item }) => `${item}!`,
});
const all = definePhase({ id: 'all', kind: 'compute', needs: { each }, run: () => 'all' });
const pipeline = definePipeline({
  id: 'graph',
  version: '1',
  description: '',
  phases: [start, parts, each, all],
  result: { phase: all, text: (output) => output },
});

describe('the graph of a run', () => {
  it('has each task with what it waited for: its own item, or all of them', async () => {
    const orchestrator = createOrchestrator({ cache: false });
    const result = await orchestrator.run(pipeline, { text: '', seed: 1 }).result;
    await orchestrator.close();
    expect(result.error).toBeUndefined();
    const graph = taskGraph(pipeline, result.report.tasks);
    const needs = Object.fromEntries(graph.map((task) => [task.id, task.needs.toSorted()]));
    expect(needs).toEqual({
      start: [],
      'parts[a]': ['start'],
      'parts[b]': ['start'],
      'each[a]': ['parts[a]'],
      'each[b]': ['parts[b]'],
      all: ['each[a]', 'each[b]'],
    });
    expect(criticalPathMs(graph)).toBeLessThanOrEqual(simulateMakespanMs(graph, 1));
  });
});
