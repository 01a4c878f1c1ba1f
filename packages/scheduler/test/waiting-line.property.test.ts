import fc from 'fast-check';
import { expect, test } from 'vitest';

import { NodeState, ReadyHeap } from '../src/node-state.ts';
import { Ring } from '../src/ring.ts';
import { WaitingLine } from '../src/waiting-line.ts';
import type { Waiter } from '../src/waiting-line.ts';

const waiter = (priority: number, place: number): Waiter => ({
  cpu: false,
  priority,
  place,
  gone: false,
  start: () => undefined,
});

test('the line is a stable sort by priority, whoever leaves in between', () => {
  const action = fc.oneof(
    fc.record({ do: fc.constant('push' as const), priority: fc.integer({ min: -3, max: 3 }) }),
    fc.record({ do: fc.constant('shift' as const) }),
    fc.record({ do: fc.constant('leave' as const), which: fc.nat() }),
  );
  fc.assert(
    fc.property(fc.array(action, { maxLength: 300 }), (actions) => {
      const line = new WaitingLine();
      let model: Waiter[] = [];
      let places = 0;
      for (const step of actions) {
        if (step.do === 'push') {
          const one = waiter(step.priority, (places += 1));
          line.push(one);
          model.push(one);
          model.sort((a, b) => b.priority - a.priority || a.place - b.place);
        } else if (step.do === 'shift') {
          expect(line.peek()).toBe(model[0]);
          expect(line.shift()).toBe(model.shift());
        } else if (model.length > 0) {
          const gone = model[step.which % model.length] as Waiter;
          line.leave(gone);
          model = model.filter((one) => one !== gone);
        }
        expect(line.size).toBe(model.length);
      }
      while (model.length > 0) expect(line.shift()).toBe(model.shift());
      expect(line.shift()).toBeUndefined();
    }),
  );
});

test('a ring is a queue', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 400 }), (steps) => {
      const ring = new Ring<number>();
      const model: number[] = [];
      for (const [index, push] of steps.entries()) {
        if (push) {
          ring.push(index);
          model.push(index);
        } else expect(ring.shift()).toBe(model.shift());
        expect([ring.size, ring.peek()]).toEqual([model.length, model[0]]);
      }
      ring.filter((item) => item % 2 === 0);
      for (const item of model.filter((one) => one % 2 === 0)) expect(ring.shift()).toBe(item);
      expect(ring.shift()).toBeUndefined();
    }),
  );
});

test('the heap is a sort by priority, rank and place', () => {
  const node = fc.record({ priority: fc.integer({ min: -2, max: 2 }), weight: fc.integer({ min: 0, max: 4 }) });
  fc.assert(
    fc.property(fc.array(node, { maxLength: 60 }), (nodes) => {
      const heap = new ReadyHeap();
      const states = nodes.map(
        ({ priority, weight }, index) =>
          new NodeState({ id: `n${index}`, needs: [], lane: 'io', priority, weight }, index),
      );
      for (const state of states) {
        state.phase = 'ready';
        heap.push(state);
      }
      const sorted = states.toSorted(
        (a, b) => b.node.priority - a.node.priority || b.rank - a.rank || a.index - b.index,
      );
      for (const state of sorted) expect(heap.pop()).toBe(state);
      expect(heap.pop()).toBeUndefined();
    }),
  );
});
