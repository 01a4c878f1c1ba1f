import type { OrcEvent } from '@orc/core';
import { render } from 'ink';

import type { Host } from '../host.ts';
import { cleanLine } from '../output/clean.ts';
import type { LogRecord } from '../output/describe.ts';
import { App, type Window } from './app.tsx';
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
  let end: (() => void) | undefined;
  let ended = false;
  // ink takes anything but `false` for a terminal.
  const keys = host.stdin.isTTY === true;
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
      onEnd={(callback) => {
        end = callback;
        if (ended) callback();
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
      end?.();
      await Promise.race([instance.waitUntilExit(), new Promise((done) => setTimeout(done, 500).unref())]);
      instance.unmount();
      terminal.close();
    },
    restore() {
      instance.unmount();
      terminal.close();
      if (keys) host.stdin.setRawMode(false);
      host.stderr.write('\u001B[?25h');
    },
  };
}
