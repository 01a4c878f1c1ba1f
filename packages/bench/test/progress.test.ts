import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { createProgress, type Progress } from '../src/progress.ts';

function drawn(options: { readonly isTTY: boolean; readonly columns?: number }): {
  readonly progress: Progress;
  readonly text: () => string;
  readonly line: () => string;
  readonly wait: (ms: number) => void;
} {
  const written: string[] = [];
  let at = 0;
  const progress = createProgress({ ...options, write: (text) => written.push(text) }, () => at);
  const text = (): string => written.join('');
  return {
    progress,
    text,
    line: () => text().split('\r\u001b[K').at(-1) ?? '',
    wait: (ms) => {
      at += ms;
      vi.advanceTimersByTime(ms);
    },
  };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('progress', () => {
  it('is a bar on a terminal, with the number of the scenario, its part and its seconds', () => {
    const { progress, line, wait } = drawn({ isTTY: true, columns: 100 });
    progress.start('Memory', 4, 12);
    progress.update(0.5, 'standard');
    expect(line()).toBe(
      ` [4/12] Memory                       ${'█'.repeat(12)}${'░'.repeat(12)}  50 %   0 s  standard`,
    );
    wait(3000);
    expect(line()).toContain('3 s');
  });

  it('never reaches beyond the terminal’s width', () => {
    const { progress, line } = drawn({ isTTY: true, columns: 40 });
    progress.start('A scenario with a long name indeed', 1, 1);
    progress.update(0.3, 'and a part with a long name');
    expect(line().length).toBeLessThan(40);
  });

  it('leaves one line for each scenario behind, and draws no more after it', () => {
    const { progress, line, text, wait } = drawn({ isTTY: true, columns: 80 });
    progress.start('Memory', 1, 1);
    progress.done(12.34);
    expect(line()).toBe('[1/1] Memory                       12 s\n');
    const after = text();
    wait(5000);
    expect(text()).toBe(after);
  });

  it('is plain lines in a pipe', () => {
    const { progress, text, wait } = drawn({ isTTY: false });
    progress.start('Memory', 1, 2);
    progress.update(0.5, 'standard');
    wait(5000);
    progress.done(1.234);
    expect(text()).toBe('[1/2] Memory …\n    1.2 s\n');
  });
});
