import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { criticalPathMs, simulateMakespanMs, type SimulatedTask } from '../src/simulator.ts';

const task = (id: string, needs: string[], durationMs: number): SimulatedTask => ({ id, needs, durationMs });

describe('the simulator', () => {
  it('runs uneven branches without a barrier', () => {
    const tasks = [task('slow', [], 150), task('one', [], 50), task('two', ['one'], 50), task('three', ['two'], 50)];
    expect(simulateMakespanMs(tasks, 4)).toBe(150);
    expect(simulateMakespanMs(tasks, 1)).toBe(300);
    expect(criticalPathMs(tasks)).toBe(150);
  });

  it('starts the longest remaining path first', () => {
    const tasks = [task('short', [], 10), task('other', [], 10), task('head', [], 10), task('tail', ['head'], 10)];
    expect(simulateMakespanMs(tasks, 2)).toBe(20);
  });

  it('lets a join run without a slot', () => {
    const tasks = [
      task('a', [], 10),
      task('b', [], 10),
      { ...task('join', ['a'], 0), takesSlot: false },
      task('c', ['join'], 10),
    ];
    expect(simulateMakespanMs(tasks, 1)).toBe(30);
  });

  it('stays between the bounds that every schedule has', () => {
    const graphs = fc.array(
      fc.record({ duration: fc.integer({ min: 0, max: 50 }), needs: fc.array(fc.nat(40), { maxLength: 3 }) }),
      { minLength: 1, maxLength: 40 },
    );
    fc.assert(
      fc.property(graphs, fc.integer({ min: 1, max: 8 }), (nodes, slots) => {
        const tasks = nodes.map((node, index) =>
          task(
            `t${index}`,
            [...new Set(node.needs.filter((need) => need < index).map((need) => `t${need}`))],
            node.duration,
          ),
        );
        const work = tasks.reduce((sum, item) => sum + item.durationMs, 0);
        const path = criticalPathMs(tasks);
        const makespan = simulateMakespanMs(tasks, slots);
        expect(makespan).toBeGreaterThanOrEqual(Math.max(path, work / slots) - 1e-9);
        // Graham's bound of list scheduling.
        expect(makespan).toBeLessThanOrEqual(work / slots + ((slots - 1) / slots) * path + 1e-9);
      }),
    );
  });
});
