import { Box, Static, Text, useApp, useInput, useStdout } from 'ink';
import { useEffect, useState, type ReactElement } from 'react';

import { cleanCell } from '../output/clean.ts';
import { liveLines, startingLines } from './frame.ts';
import type { Line, Marks, Tone } from './phase-line.ts';
import type { ViewStore } from './view-store.ts';

/** The size of a window. */
export interface Window {
  /** Its width. */
  readonly columns: number;
  /** Its height. */
  readonly rows: number;
}

/** What the live view gets. */
export interface AppProps {
  /** What it shows. */
  readonly store: ViewStore;
  /** The marks. */
  readonly marks: Marks;
  /** The request, shown until the run tells more. */
  readonly request: string;
  /** The size of the window, as it is now. */
  readonly window: () => Window;
  /** Whether colours are on. */
  readonly colors: boolean;
  /** Whether keys are read. */
  readonly keys: boolean;
  /** Whether details are shown from the start. */
  readonly details: boolean;
  /** Asks the run to end. */
  readonly onCancel: (reason: string) => void;
  /** Stops or starts new work. */
  readonly onPause: (paused: boolean) => void;
  /** Called when the view has left the terminal because Ctrl-Z was pressed: now the process can be stopped. */
  readonly onSuspended: () => void;
  /** Hands out what controls the view. */
  readonly onReady: (controls: ViewControls) => void;
}

/** What controls a view that is shown. */
export interface ViewControls {
  /** Paints the last frame and ends it. */
  readonly end: () => void;
  /** Leaves the terminal to others, or takes it again. */
  readonly suspend: (suspended: boolean) => void;
}

/** How many frames a question waits for its answer: what is typed later is no answer to it. */
const patientFrames = 50;

/** Milliseconds between frames: calm to look at, cheap to paint. */
const frameMs = 100;

/** The live view: finished phases scroll away, the rest is painted over ten times a second. */
export function App({
  store,
  marks,
  request,
  window,
  colors,
  keys,
  details: detailsAtStart,
  onCancel,
  onPause,
  onSuspended,
  onReady,
}: AppProps): ReactElement {
  const { exit } = useApp();
  const { columns, rows } = useWindow(window);
  const [frame, setFrame] = useState(0);
  const [details, setDetails] = useState(detailsAtStart);
  const [ended, setEnded] = useState(false);
  const [suspended, setSuspended] = useState(false);
  const [askedAt, setAskedAt] = useState<number>();
  const asking = askedAt !== undefined && frame - askedAt < patientFrames;

  useEffect(() => {
    const timer = setInterval(() => setFrame((before) => before + 1), frameMs);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => {
    onReady({ end: () => setEnded(true), suspend: setSuspended });
  }, [onReady]);
  // The last frame is painted before the view goes.
  useEffect(() => {
    if (ended) exit();
  }, [ended, exit]);

  useInput(
    (input, key) => {
      setAskedAt(undefined);
      // A key that was meant for the shell must not end a run: `q` asks first.
      if (input === 'q' && !asking) setAskedAt(frame);
      else if (input === 'q') onCancel('q');
      else if (key.ctrl && input === 'z') setSuspended(true);
      else if (key.ctrl && input === 'c') onCancel('Ctrl-C');
      else if (input === 'v') setDetails((shown) => !shown);
      else if (input === 'p') onPause(store.state.status !== 'paused');
    },
    { isActive: keys && !suspended },
  );
  // Keys are let go of by now, and the frame that is left is empty.
  useEffect(() => {
    if (suspended) onSuspended();
  }, [suspended, onSuspended]);

  const lines =
    ended || suspended
      ? []
      : store.state.status === 'starting'
        ? startingLines(request, columns, frame, marks)
        : liveLines(store.state, {
            columns,
            rows,
            elapsedMs: store.elapsedMs,
            frame,
            details,
            keys,
            asking,
            cancelling: store.cancelling,
            marks,
          });
  return (
    <Box flexDirection="column">
      <Static items={[...store.lines]}>{({ key, line }) => <LineView key={key} line={line} colors={colors} />}</Static>
      {lines.map((line, index) => (
        // The live lines have no identity of their own: each frame replaces all of them.
        // oxlint-disable-next-line react/no-array-index-key
        <LineView key={index} line={line} colors={colors} />
      ))}
    </Box>
  );
}

/** A line of the view, and the one place where text gets into it: titles and messages are text from outside. */
function LineView({ line, colors }: { readonly line: Line; readonly colors: boolean }): ReactElement {
  if (line.length === 0) return <Text> </Text>;
  return (
    <Text wrap="truncate">
      {line.map(({ text, tone }, index) => (
        // oxlint-disable-next-line react/no-array-index-key
        <Text key={index} {...(colors ? tones[tone] : {})}>
          {cleanCell(text)}
        </Text>
      ))}
    </Text>
  );
}

const tones: Readonly<Record<Tone, { readonly color?: string; readonly bold?: boolean; readonly dimColor?: boolean }>> =
  {
    plain: {},
    bold: { bold: true },
    dim: { dimColor: true },
    good: { color: 'green' },
    bad: { color: 'red' },
    warn: { color: 'yellow' },
    accent: { color: 'cyan' },
  };

/** The size of the window; the view is painted anew when it changes. */
function useWindow(read: () => Window): Window {
  const { stdout } = useStdout();
  const [size, setSize] = useState(read);
  useEffect(() => {
    const onResize = (): void => setSize(read());
    stdout.on('resize', onResize);
    return () => void stdout.off('resize', onResize);
  }, [stdout, read]);
  return size;
}
