import type { IPty } from '@lydell/node-pty';
import { afterAll, describe, expect, it } from 'vitest';

import { leftOut } from './support/left-out.ts';
import { bin, Home, wordsPipeline } from './support/orc.ts';

const pty = await import('@lydell/node-pty').catch(() => undefined);
const withoutTerminal = leftOut(
  'the live view in a terminal',
  pty === undefined
    ? '@lydell/node-pty cannot be loaded here'
    : process.platform === 'win32'
      ? 'its keys and signals are those of a POSIX terminal'
      : undefined,
);

const home = new Home();
const words = ['--pipeline', wordsPipeline] as const;
const started: IPty[] = [];
afterAll(() => {
  for (const terminal of started) {
    try {
      terminal.kill('SIGKILL');
    } catch {
      // It has ended already.
    }
  }
  home.remove();
});

/** A real terminal with `orc` in it. */
class Terminal {
  readonly #pty: IPty;
  #text = '';
  #waiting: (() => void)[] = [];
  readonly #ended: Promise<number>;
  #done = false;

  constructor(
    args: readonly string[],
    {
      cols = 80,
      rows = 24,
      env = {},
      program = [process.execPath, bin],
    }: { cols?: number; rows?: number; env?: Record<string, string>; program?: readonly string[] } = {},
  ) {
    if (pty === undefined) throw new Error('no pty');
    const [file = '', ...before] = program;
    this.#pty = pty.spawn(file, [...before, ...args], {
      cols,
      rows,
      cwd: home.dir,
      name: env['TERM'] ?? 'xterm-256color',
      env: home.env({ TERM: 'xterm-256color', ...env }),
    });
    started.push(this.#pty);
    this.#pty.onData((data) => {
      this.#text += data;
      this.#wake();
    });
    this.#ended = new Promise((resolve) =>
      this.#pty.onExit(({ exitCode }) => {
        this.#done = true;
        this.#wake();
        resolve(exitCode);
      }),
    );
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** All that was written so far. */
  get raw(): string {
    return this.#text;
  }

  /** The same without control sequences. */
  get plain(): string {
    // oxlint-disable-next-line no-control-regex
    return this.#text.replaceAll(/\u001B\[[0-?]*[ -/]*[@-~]/g, '').replaceAll('\r', '');
  }

  /** Waits until something was shown. */
  async shows(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.plain)) {
      if (this.#done) throw new Error(`it ended without showing ${String(pattern)}:\n${this.plain}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  type(keys: string): void {
    this.#pty.write(keys);
  }

  resize(cols: number, rows: number): void {
    this.#pty.resize(cols, rows);
  }

  exit(): Promise<number> {
    return this.#ended;
  }
}

describe.skipIf(withoutTerminal)('in a real terminal', () => {
  it('shows the run while it goes, then a closing card with title, words, time, cache, strategy and files', async () => {
    const terminal = new Terminal([...words, 'w400 two three']);
    await terminal.shows(/q cancel · v details · p pause/);
    await terminal.shows(/\d+\/\d+ workers · /);
    expect(await terminal.exit()).toBe(0);
    for (const fact of [
      /✓ Split/,
      /✓ Words .* 3\/3/,
      /cache +\d of 6 results from the cache/,
      /strategy +parallel, \d+ workers \(\S/,
      /files +~\/\.local\/share/,
      /joined\.txt, parts\/ \(1\)/,
    ]) {
      expect(terminal.plain).toMatch(fact);
    }
    // The result itself is for pipes.
    expect(terminal.plain).not.toContain('W400 TWO THREE');
    // The cursor is there again, the alternate screen was never used, the window was never cleared.
    expect(terminal.raw.lastIndexOf('\u001B[?25h')).toBeGreaterThan(terminal.raw.lastIndexOf('\u001B[?25l'));
    expect(terminal.raw).not.toContain('\u001B[?1049h');
    expect(terminal.raw).not.toContain('\u001B[2J');
  });

  it('a second time the card says that everything came from the cache, and how to get something new', async () => {
    await home.orc([...words, 'known words']);
    const terminal = new Terminal([...words, 'known words']);
    expect(await terminal.exit()).toBe(0);
    expect(terminal.plain).toMatch(/all 5 results came from the cache/);
    expect(terminal.plain).toMatch(/--fresh asks again, --seed 2 gives another result/);
  });

  it('a session that is done already: the card says that its results came from the session, not from nowhere', async () => {
    await home.orc([...words, 'done before']);
    const terminal = new Terminal(['resume', ...words]);
    expect(await terminal.exit()).toBe(0);
    expect(terminal.plain).toMatch(/cache +not asked: the session held every result/);
    expect(terminal.plain).not.toContain('nothing cacheable');
  });

  it.each([
    ['Ctrl-C', '\u0003'],
    ['q', 'q'],
  ])('%s ends it, says how to go on, 130', async (_, key) => {
    const terminal = new Terminal([...words, `${key === 'q' ? 'by-key' : 'by-signal'} w30000`]);
    await terminal.shows(/Words .* 1\/2/);
    // The first frame may be there before keys are read.
    await terminal.shows(/q cancel[^]*q cancel/);
    terminal.type(key);
    if (key === 'q') {
      await terminal.shows(/cancel the run\? q again: yes/);
      terminal.type(key);
    }
    expect(await terminal.exit()).toBe(130);
    expect(terminal.plain).toMatch(/- 1 phase not reached/);
    expect(terminal.plain).not.toMatch(/- Join/);
    expect(terminal.plain).toMatch(/what is done is saved\s+Go on with: orc resume \d{8}-\d{6}-\w{4}/);
    expect(terminal.raw.lastIndexOf('\u001B[?25h')).toBeGreaterThan(terminal.raw.lastIndexOf('\u001B[?25l'));
  });

  it('with the request in a pipe it is the same view without keys, and Ctrl-C is a signal', async () => {
    const orc = [process.execPath, bin, ...words].map((word) => `'${word}'`).join(' ');
    const terminal = new Terminal([], {
      // The shell gets the signal too, and is to tell how the command ended.
      program: ['sh', '-c', `trap : INT; echo 'w30000 piped' | ${orc}; echo "ended with $?"`],
    });
    await terminal.shows(/Words .* 1\/2/);
    expect(terminal.plain).not.toMatch(/ERROR|q cancel/);
    terminal.type('\u0003');
    await terminal.exit();
    expect(terminal.plain).toMatch(/Go on with: orc resume[^]*ended with 130/);
  });

  it('v shows details, p holds new work and lets it go on', async () => {
    const terminal = new Terminal([...words, '-concurrency', '2', 'w700 w701 w702 w703']);
    await terminal.shows(/q cancel/);
    terminal.type('v');
    await terminal.shows(/v fewer details/);
    await terminal.shows(/strategy +parallel: /);
    terminal.type('p');
    await terminal.shows(/paused/);
    terminal.type('p');
    expect(await terminal.exit()).toBe(0);
  });

  it('follows the window: 40×12, 120×40, 60×7; what stood there before is never cleared', async () => {
    const terminal = new Terminal([...words, 'w1200 w1201 w1202 w1203 w1204'], { cols: 40, rows: 12 });
    await terminal.shows(/q cancel/);
    terminal.resize(120, 40);
    await terminal.shows(/━{6,}|─{16,}/);
    terminal.resize(60, 7);
    expect(await terminal.exit()).toBe(0);
    // Clearing the window and all that has scrolled out of it is what ink does when a frame does not fit.
    expect(terminal.raw).not.toContain('\u001B[2J');
    expect(terminal.raw).not.toContain('\u001B[3J');
  });

  it('--ui live is a live view, also where CI is set', async () => {
    const terminal = new Terminal([...words, '--ui', 'live', 'w400 live in CI'], { env: { CI: '1' } });
    await terminal.shows(/q cancel/);
    expect(await terminal.exit()).toBe(0);
  });

  it('NO_COLOR takes the colours, not the view', async () => {
    const terminal = new Terminal([...words, 'w300 plain colours'], { env: { NO_COLOR: '1' } });
    await terminal.shows(/q cancel/);
    expect(await terminal.exit()).toBe(0);
    // oxlint-disable-next-line no-control-regex
    expect(terminal.raw).not.toMatch(/\u001B\[(3|9)\dm|\u001B\[[12]m/);
  });

  it.each([
    ['TERM=dumb', { TERM: 'dumb' }],
    ['CI=1', { CI: '1' }],
  ])('%s gets plain lines', async (_, env) => {
    const terminal = new Terminal([...words, 'plain lines'], { env });
    expect(await terminal.exit()).toBe(0);
    expect(terminal.plain).toMatch(/0\.\ds {2}word +/);
    expect(terminal.raw).not.toContain('\u001B[?25l');
  });

  it('the first frame comes before the work is done', async () => {
    const terminal = new Terminal([...words, 'w2000 first frame']);
    await terminal.shows(/Words/);
    expect(terminal.plain).not.toMatch(/✓ Join/);
    terminal.type('\u0003');
    expect(await terminal.exit()).toBe(130);
  });
});
