import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, describe, expect, it, vi } from 'vitest';

import { chooseView } from '../src/output/view-choice.ts';
import { groupsOf } from '../src/terminal-owner.ts';
import { fakeHost } from './support/fake-host.ts';
import { leftOut } from './support/left-out.ts';
import { bin, Home, wordsPipeline } from './support/orc.ts';
import { typed, type Step } from './support/typed.ts';

const pty = await import('@lydell/node-pty').catch(() => undefined);
const withoutTerminal = leftOut(
  'a job of a shell',
  pty === undefined
    ? '@lydell/node-pty cannot be loaded here'
    : process.platform === 'win32'
      ? 'its keys and signals are those of a POSIX terminal'
      : undefined,
);
const home = new Home();
afterAll(() => home.remove());

const orc = (request: string): string => `'${process.execPath}' '${bin}' --pipeline '${wordsPipeline}' '${request}'`;

/** The first frame may be there before keys are read. */
const secondFrame = /q cancel[^]*q cancel/;

/** Types lines into a shell with job control. */
const inShell = (...steps: readonly Step[]): Promise<readonly string[]> =>
  typed(['bash', '--norc', '--noediting', '-i'], { ...home.env(), PS1: 'ready> ' }, [
    { keys: '', until: /ready> / },
    ...steps,
  ]);

describe.skipIf(withoutTerminal)('a job of a shell', { timeout: 60_000 }, () => {
  it('in the background runs with plain lines, and is never stopped', async () => {
    const shown = await inShell({ keys: `${orc('w300 behind')} &\r`, until: /run +succeeded/ });
    expect(shown.at(-1)).toMatch(/word +started/);
    expect(shown.at(-1)).not.toMatch(/q cancel|Stopped/);
  });

  it('in the background with its result in a file runs too', async () => {
    const shown = await inShell(
      { keys: `${orc('w300 into a file')} > result.txt &\r`, until: /run +succeeded/ },
      { keys: "wait; cat result.txt; echo en'd'\r", until: /end/ },
    );
    expect(shown.at(-1)).toContain('INTO A FILE');
  });

  it('stops for Ctrl-Z with the terminal as it was, and goes on for fg', async () => {
    const shown = await inShell(
      { keys: `${orc('w30000 stopped')}\r`, until: secondFrame },
      { keys: '\u001A', until: /Stopped[^]*ready> / },
      // With the modes of the view, what is typed would not be echoed.
      { keys: "stty -a | grep -o -- '-icanon' ; echo en'd'\r", until: /end\r?\n/ },
      { keys: 'fg\r', until: /q cancel/ },
      { keys: '\u0003', until: /Go on with/ },
    );
    expect(shown).toHaveLength(6);
    expect(shown[3]).not.toMatch(/^-icanon/m);
  });

  it('goes on without the terminal for bg, leaves what is typed to the shell, and comes back for fg', async () => {
    const shown = await inShell(
      { keys: `${orc('w30000 then behind')}\r`, until: secondFrame },
      { keys: '\u001A', until: /Stopped[^]*ready> / },
      { keys: 'bg\r', until: /&[^]*ready> / },
      { keys: "echo qq an'd more'; jobs\r", until: /qq and more[^]*Running/ },
      { keys: 'fg\r', until: /q cancel/ },
      { keys: '\u0003', until: /Go on with/ },
    );
    expect(shown).toHaveLength(7);
    expect(shown[4]).not.toMatch(/q cancel|Stopped/);
  });
});

describe.skipIf(withoutTerminal)('a terminal that is closed', { timeout: 60_000 }, () => {
  /** Starts a program on a terminal and closes that as soon as the live view is there. */
  async function closed(
    program: readonly string[],
  ): Promise<{ ended: Promise<{ exitCode: number; signal?: number }> }> {
    if (pty === undefined) throw new Error('no pty');
    const [file = '', ...args] = program;
    const size = { cols: 80, rows: 24, cwd: home.dir };
    const terminal = pty.spawn(file, args, { ...size, env: home.env({ TERM: 'xterm' }) });
    const ended = new Promise<{ exitCode: number; signal?: number }>((resolve) => void terminal.onExit(resolve));
    await new Promise<void>((resolve) => {
      let text = '';
      terminal.onData((data) => {
        text += data;
        if (text.includes('q cancel')) resolve();
      });
    });
    (terminal as unknown as { destroy: () => void }).destroy();
    return { ended };
  }

  it('saves the work and ends by that signal, not by a crash', async () => {
    const { ended } = await closed([process.execPath, bin, '--pipeline', wordsPipeline, 'w30000 closed']);
    expect(await ended).toMatchObject({ signal: 1 });
    const { stdout } = await home.orc(['sessions', '--json']);
    expect(JSON.parse(stdout)).toContainEqual(
      expect.objectContaining({ request: 'w30000 closed', status: 'cancelled' }),
    );
  });

  it('and whose closing is not to end anything lets the run end, and is told of what could not be shown by the exit code alone', async () => {
    const code = join(home.dir, 'code');
    // The shell, which the signal goes to, takes no notice of it, and outlives the terminal to tell how the command ended.
    await closed(['sh', '-c', `trap '' HUP; ${orc('w3000 outlives')}; echo $? > '${code}'`]);
    await vi.waitFor(() => expect(existsSync(code) && readFileSync(code, 'utf8')).toBe('1\n'), { timeout: 30_000 });
  });
});

describe('the view', () => {
  it('is plain in the background, also where the live one was asked for', () => {
    for (const [owns, view] of [
      [true, 'live'],
      [false, 'plain'],
    ] as const) {
      const host = fakeHost({ tty: true, env: { TERM: 'xterm' }, ownsTerminal: () => owns });
      for (const ui of [undefined, 'live'])
        expect(chooseView(host, { ui, quiet: false, logFormat: 'text', outputFormat: 'text' })).toBe(view);
    }
  });

  it.each([
    ['123 (node) S 1 120 100 34816 120 4194304 1', [120, 120]],
    ['123 (a) b (c) S 1 120 100 34816 999 4194304 1', [120, 999]],
    ['123 (node) S 1 120 100 0 -1 4194304 1', [120, -1]],
    ['nonsense', undefined],
  ])('reads who is in the foreground from %j', (stat, groups) => {
    expect(groupsOf(stat)).toEqual(groups);
  });
});
