import type { OrcEvent } from '@orc/core';
import { render } from 'ink';

import type { Host } from '../host.ts';
import { cleanLine } from '../output/clean.ts';
import type { LogRecord } from '../output/describe.ts';
import { App, type ViewControls, type Window } from './app.tsx';
import { asciiMarks, unicodeMarks, type Marks } from './phase-line.ts';
import { FoldingTerminal, foldsLines } from './terminal.ts';
import { ViewStore } from './view-store.ts';

/** What a live view is told. */
export interface LiveViewOptions {
  /** The process around it. */
  readonly host: Host;
  /** The request, shown until the run tells more. */
  readonly request: string;
  /** Whether colours are on. */
  readonly colors: boolean;
  /** Whether details are shown from the start. */
  readonly details: boolean;
  /** Asks the run to end. */
  readonly onCancel: (reason: string) => void;
  /** Stops or starts new work. */
  readonly onPause: (paused: boolean) => void;
}

/** A view that paints over itself, on stderr. */
export interface LiveView {
  /** Takes an event. */
  event(event: OrcEvent): void;
  /** Puts a log line above what is painted. */
  log(record: LogRecord): void;
  /** Puts a line above what is painted. */
  say(line: string): void;
  /** Remembers that the run was asked to end. */
  cancelled(): void;
  /** Paints the last frame and leaves the terminal as it was. */
  close(): Promise<void>;
  /** Leaves the terminal as it was, at once. */
  restore(): void;
}

const showCursor = '\u001B[?25h';
const hideCursor = '\u001B[?25l';

/** Milliseconds in which ink has painted what it was told: two frames. */
const flushMs = 100;

/** Milliseconds after which a job in the background looks whether it is in the foreground again. */
const lookMs = 500;

/** The marks that a terminal can show. */
function marksFor(host: Host): Marks {
  const locale = host.env['LC_ALL'] || host.env['LC_CTYPE'] || host.env['LANG'] || '';
  const ascii = host.env['TERM'] === 'linux' || (locale !== '' && !/utf-?8/i.test(locale));
  return ascii ? asciiMarks : unicodeMarks;
}

/** Starts the live view. */
export function startLiveView(options: LiveViewOptions): LiveView {
  const { host } = options;
  const marks = marksFor(host);
  const terminal = new FoldingTerminal(host.stderr, foldsLines(host.env));
  const store = new ViewStore(marks, () => terminal.columns, host.now);
  const window = (): Window => ({ columns: terminal.columns, rows: terminal.windowRows });
  let controls: ViewControls | undefined;
  let ended = false;
  let away = false;
  let looking: NodeJS.Timeout | undefined;
  // ink takes anything but `false` for a terminal.
  const keys = host.stdin.isTTY === true;
  /** Leaves the terminal to the shell and stops. What is painted last is erased by then. */
  const stop = (): void => {
    if (ended || away) return;
    away = true;
    store.hold(true);
    // Nothing may be read in the background: it would stop the run, and take what is typed from the shell.
    // What resumes a stream asks for one more read in the next turn: only a pause behind that ends the reading.
    host.stdin.resume();
    setImmediate(() => host.stdin.pause());
    setTimeout(() => {
      host.stderr.write(showCursor);
      host.suspend();
    }, flushMs);
  };
  /** Takes the terminal again when it is this job's: `bg` lets go on without it, and a shell's `fg` behind that sends no signal. */
  const comeBack = (): void => {
    clearTimeout(looking);
    if (ended || !away) return;
    if (!host.ownsTerminal()) {
      looking = setTimeout(comeBack, lookMs).unref();
      return;
    }
    away = false;
    // ink erases one row more than the empty frame has.
    host.stderr.write(`${hideCursor}\n`);
    store.hold(false);
    controls?.suspend(false);
  };
  const stopListening = host.onContinue(() => {
    if (!away && !host.ownsTerminal()) {
      // Stopped by others than the view, with the terminal's modes as they were: to set them now would stop it again.
      if (keys) return;
      away = true;
      store.hold(true);
      controls?.suspend(true);
    }
    if (away) comeBack();
    else if (keys) {
      // A shell may have set the modes of the terminal in between; libuv sets only what it believes to have changed.
      host.stdin.setRawMode(false);
      host.stdin.setRawMode(true);
    }
  });
  const instance = render(
    <App
      store={store}
      marks={marks}
      request={options.request}
      window={window}
      colors={options.colors}
      keys={keys}
      details={options.details}
      onCancel={(reason) => {
        store.cancelled();
        options.onCancel(reason);
      }}
      onPause={options.onPause}
      onSuspended={stop}
      onReady={(made) => {
        controls = made;
        if (ended) made.end();
      }}
    />,
    {
      // ink takes a stream and uses no more of it than this.
      stdout: terminal as unknown as NodeJS.WriteStream,
      stderr: terminal as unknown as NodeJS.WriteStream,
      stdin: host.stdin as NodeJS.ReadStream,
      exitOnCtrlC: false,
      patchConsole: true,
      maxFps: 20,
    },
  );
  return {
    event: (event) => store.event(event),
    log(record) {
      const width = Math.max(3, ...store.state.phases.map(({ id }) => id.length));
      store.add([
        {
          text: `    ${(record.elapsedMs / 1000).toFixed(1).padStart(6)}s  ${record.subject.padEnd(width)}  ${record.message}`,
          tone: record.level === 'warn' ? 'warn' : 'dim',
        },
      ]);
    },
    say: (line) => store.add([{ text: `  ${cleanLine(line)}`, tone: 'dim' }]),
    cancelled: () => store.cancelled(),
    async close() {
      ended = true;
      clearTimeout(looking);
      stopListening();
      store.hold(false);
      controls?.end();
      await Promise.race([instance.waitUntilExit(), new Promise((done) => setTimeout(done, 500).unref())]);
      instance.unmount();
      terminal.close();
    },
    restore() {
      instance.unmount();
      terminal.close();
      stopListening();
      if (keys && !away) host.stdin.setRawMode(false);
      host.stderr.write(showCursor);
    },
  };
}
