import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { PlainView } from '../src/output/plain-view.ts';
import { createStyle } from '../src/output/style.ts';
import { fakeHost, type FakeHost } from './support/fake-host.ts';
import { storyEvents, type StoryOptions } from './support/story-events.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function show(
  story: StoryOptions,
  options: { level?: 'debug' | 'info' | 'warn'; grouped?: boolean; now?: () => number } = {},
): { view: PlainView; host: FakeHost } {
  const host = fakeHost({ now: options.now ?? (() => 1_005_200) });
  const view = new PlainView({
    host,
    note: (line) => void host.stderr.write(`${line}\n`),
    style: createStyle(false),
    level: options.level ?? 'info',
    format: 'text',
    grouped: options.grouped ?? false,
    heartbeatMs: 20_000,
  });
  for (const event of storyEvents(story)) view.event(event);
  return { view, host };
}

describe('plain lines', () => {
  it('one for each event that matters', () => {
    const { view, host } = show({ until: 'end' });
    view.close();
    expect(host.err()).toMatchInlineSnapshot(`
      "   0.0s  run       session 20260101-120000-abcd: fiction on offline/scribe, parallel, 4 workers (4 phases are ready at once)
         0.0s  brief     started
         0.0s  brief     cached
         0.0s  premise   started
         0.0s  premise   cached
         0.0s  scene     started
         2.0s  scene     [c1/s20] attempt 1 failed, again in 500 ms: too many requests
         2.0s  scene     done in 2.0 s, 20 tasks
         2.0s  assemble  started
         2.0s  assemble  done in 1 ms
         2.0s  run       succeeded in 2.0 s
      "
    `);
  });

  it('of a failed run say the failures again, last', () => {
    const { view, host } = show({ until: 'end', fails: true });
    view.close();
    const lines = host.err().trimEnd().split('\n');
    expect(lines.at(-2)).toBe('failures:');
    expect(lines.at(-1)).toMatch(/scene +\[c1\/s8\] failed: the server said 503 \(ERR_ORC_MODEL_UNAVAILABLE\)/);
  });

  it('with level warn only retries, degradations and failures', () => {
    const { view, host } = show({ until: 'end' }, { level: 'warn' });
    view.close();
    expect(host.err().trimEnd().split('\n')).toEqual([
      expect.stringMatching(/attempt 1 failed, again in 500 ms: too many requests/) as string,
    ]);
  });

  it('a sign of life after twenty silent seconds, with what runs and how far it is', () => {
    let time = 1_005_200;
    const { view, host } = show({ until: 'scenes' }, { now: () => time });
    const before = host.err().length;
    time += 19_000;
    vi.advanceTimersByTime(10_000);
    expect(host.err()).toHaveLength(before);
    time += 2_000;
    vi.advanceTimersByTime(10_000);
    expect(host.err().slice(before)).toMatch(/run +still running after 26\.2 s, \d+ %: scene 9\/20\n$/);
    view.close();
  });
});
