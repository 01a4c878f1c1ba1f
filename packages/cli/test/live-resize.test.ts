import { execFileSync, spawnSync } from 'node:child_process';

import { afterAll, describe, expect, it } from 'vitest';

import { leftOut } from './support/left-out.ts';
import { bin, Home, wordsPipeline } from './support/orc.ts';

const home = new Home();
const server = `orc-cli-${process.pid}`;
const windows: string[] = [];
const without = leftOut(
  'the live view in tmux',
  spawnSync('tmux', ['-V']).error === undefined ? undefined : 'tmux is not installed',
);
const tmux = (...args: string[]): string =>
  execFileSync('tmux', ['-L', server, ...args], { encoding: 'utf8', env: { ...home.env(), TERM: 'xterm-256color' } });

afterAll(() => {
  // Its server ends with its last window.
  for (const name of windows) spawnSync('tmux', ['-L', server, 'kill-session', '-t', name]);
  home.remove();
});

/** A window of tmux with `orc` in it: what is in it can be read with all that has scrolled out. */
class Window {
  readonly #name: string;

  constructor(name: string, columns: number, rows: number, request: string, env: readonly string[] = []) {
    this.#name = name;
    windows.push(name);
    const orc = ['env', ...env, process.execPath, bin, '--pipeline', wordsPipeline, request];
    const line = `${orc.map((word) => `'${word}'`).join(' ')}; echo "ended with $?"; cat`;
    tmux('new-session', '-d', '-s', name, '-x', String(columns), '-y', String(rows), line);
  }

  /** All lines, those that have scrolled out too. */
  lines(): readonly string[] {
    return tmux('capture-pane', '-p', '-S', '-', '-t', this.#name).split('\n');
  }

  /** Waits until the lines are as wanted. */
  async shows(wanted: (lines: readonly string[]) => boolean): Promise<readonly string[]> {
    for (;;) {
      const lines = this.lines();
      if (wanted(lines)) return lines;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  resize(columns: number, rows: number): void {
    tmux('resize-window', '-t', this.#name, '-x', String(columns), '-y', String(rows));
  }

  press(key: string): void {
    tmux('send-keys', '-t', this.#name, key);
  }
}

const count = (lines: readonly string[], pattern: RegExp): number => lines.filter((line) => pattern.test(line)).length;
const bar = (lines: readonly string[]): number =>
  /[━─]+/.exec(lines.find((line) => / % /.test(line)) ?? '')?.[0].length ?? 0;

describe.skipIf(without)('in tmux', () => {
  it('a window that gets narrower, and wider again, leaves nothing stale behind', async () => {
    const window = new Window('narrower', 100, 24, 'w30000 w30001 two three');
    const wide = await window.shows((lines) => /Words .* 2\/4/.test(lines.join('\n')) && bar(lines) === 40);
    expect(count(wide, /q cancel/)).toBe(1);
    window.resize(44, 24);
    // Until it is so, since a frame that is being drawn is half the old one; what is stale would stay, and this wait for ever.
    const once = [/q cancel/, /workers · /, /^ {4}then /, /✓ Split/, /Words/];
    const clean = (lines: readonly string[]): boolean => once.every((pattern) => count(lines, pattern) === 1);
    await window.shows((lines) => bar(lines) > 0 && bar(lines) < 30 && clean(lines));
    window.resize(100, 24);
    await window.shows((lines) => bar(lines) === 40 && clean(lines));
    window.press('C-c');
    const ended = await window.shows((lines) => count(lines, /^ended with /) > 0);
    expect(count(ended, /ended with 130/)).toBe(1);
    expect(count(ended, /q cancel/)).toBe(0);
  });

  it('a window that gets lower than the view keeps what stood in it before', async () => {
    const window = new Window('lower', 80, 24, 'w30000 w30001 two three');
    await window.shows((lines) => /Words .* 2\/4/.test(lines.join('\n')));
    window.resize(80, 6);
    window.press('C-c');
    const ended = await window.shows((lines) => count(lines, /^ended with /) > 0);
    expect(count(ended, /✓ Split/)).toBe(1);
    expect(ended.join('\n')).toContain('Go on with: orc resume');
  });

  it.each([
    [40, 12],
    [200, 60],
  ])('at %i×%i, without colours, with wide characters, no line is broken', async (columns, rows) => {
    const window = new Window(`size-${columns}`, columns, rows, '宇宙の物語を書く 👩‍🚀🚀 w30000 two', ['NO_COLOR=1']);
    const lines = await window.shows((all) => count(all, /q cancel/) === 1 && /Words .* \d\/4/.test(all.join('\n')));
    expect(count(lines, /^ {2}宇宙の物語を書く/)).toBe(1);
    expect(bar(lines)).toBeGreaterThanOrEqual(10);
    expect(count(lines, /^ {2}q cancel · v details · p pause$/)).toBe(1);
    window.press('C-c');
    await window.shows((all) => count(all, /^ended with 130/) > 0);
  });
});
