import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { Pipeline } from '../src/index.ts';
import { fanOutCounts, independence } from '../src/strategy/independence.ts';

const graph = fc.array(fc.record({ needs: fc.array(fc.nat(9), { maxLength: 3 }), fanOut: fc.boolean() }), {
  minLength: 1,
  maxLength: 10,
});

test('phases that are said to be independent do not wait for each other, and there are two unless each waits for the one before', () => {
  fc.assert(
    fc.property(graph, (specs) => {
      const phases = specs.map(({ needs, fanOut }, index) => ({
        id: `p${index}`,
        fanOut,
        needs: [...new Set(needs.filter((need) => need < index).map((need) => `p${need}`))],
      }));
      const before = new Map<string, Set<string>>();
      for (const { id, needs } of phases)
        before.set(id, new Set(needs.flatMap((need) => [need, ...(before.get(need) ?? [])])));
      const independent = (a: string, b: string): boolean => !before.get(a)?.has(b) && !before.get(b)?.has(a);
      const { width, phases: named } = independence({ phases } as unknown as Pipeline);
      for (const a of named) for (const b of named) if (a !== b) expect(independent(a, b)).toBe(true);
      const count = (id: string): number => (phases.find((phase) => phase.id === id)?.fanOut ? fanOutCounts : 1);
      expect(width).toBe(named.reduce((sum, id) => sum + count(id), 0));
      const any = phases.some((a) => phases.some((b) => a !== b && independent(a.id, b.id)));
      expect(width >= 2).toBe(any || phases.some(({ fanOut }) => fanOut));
    }),
    { seed: 20261201 },
  );
});
