import fc from 'fast-check';
import { expect, test } from 'vitest';

import { buildReport } from '../../src/report/report-builder.ts';
import { EventLog, phase } from './event-log.ts';

const times = fc.array(fc.tuple(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 200 })), {
  minLength: 1,
  maxLength: 30,
});

test('whatever ran when, work, time and workers add up', () => {
  fc.assert(
    fc.property(times, (spans) => {
      const log = new EventLog().start([phase('a', [], { fanOut: true })], 4);
      for (const [index, [from, length]] of spans.entries()) log.task(`a[${index}]`, from, from + length);
      const { concurrency, tasks, savings, criticalPath, phases } = buildReport(log.end(1000).sorted);
      const work = spans.reduce((total, [, length]) => total + length, 0);
      expect(concurrency.average).toBeCloseTo(work / 1000, 6);
      const stepMs = 1000 / concurrency.timeline.length;
      expect(concurrency.timeline.reduce((total, { running }) => total + running * stepMs, 0)).toBeCloseTo(work, 4);
      expect(savings.parallelMs).toBeGreaterThanOrEqual(0);
      expect(savings.parallelMs).toBeLessThanOrEqual(work);
      expect(criticalPath.tasks).toHaveLength(1);
      expect(phases[0]?.workMs).toBeCloseTo(work, 6);
      for (const [index, task] of tasks.entries()) {
        const overlapping = tasks.filter(
          (other, at) => at < index && other.row === task.row && other.endMs > task.startMs,
        );
        expect(overlapping).toEqual([]);
      }
    }),
    { numRuns: 100 },
  );
});
