import stringWidth from 'string-width';

import { cutWidth, padWidth } from '../output/fold.ts';
import { formatClock, formatDuration } from '../output/format.ts';
import type { PhaseState } from '../state/phase-state.ts';

/** How a part of a line stands out. */
export type Tone = 'plain' | 'bold' | 'dim' | 'good' | 'bad' | 'warn' | 'accent';

/** A piece of a line. */
export interface Piece {
  /** Its text. */
  readonly text: string;
  /** How it stands out. */
  readonly tone: Tone;
}

/** A line of pieces. */
export type Line = readonly Piece[];

/** The marks, where the terminal knows Unicode and where it does not. */
export interface Marks {
  /** For each state of a phase. */
  readonly done: string;
  /** A phase that failed. */
  readonly failed: string;
  /** A phase that was left out. */
  readonly skipped: string;
  /** A phase that was cancelled. */
  readonly cancelled: string;
  /** The frames of a running phase. */
  readonly spinner: readonly string[];
  /** What came from the cache. */
  readonly cached: string;
  /** Before the number of retries, where there is no room for the word. */
  readonly retried: string;
  /** Full and empty parts of a bar. */
  readonly bar: readonly [string, string];
  /** Between facts. */
  readonly dot: string;
  /** Before the text that is being written. */
  readonly edge: string;
  /** Cut text. */
  readonly more: string;
}

/** Marks in Unicode; every one is one column wide, also where East Asian widths are ambiguous. */
export const unicodeMarks: Marks = {
  done: '✓',
  failed: '✗',
  skipped: '-',
  cancelled: '!',
  spinner: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'],
  cached: '↺',
  retried: '×',
  bar: ['━', '─'],
  dot: '·',
  edge: '│',
  more: '…',
};

/** Marks in ASCII. */
export const asciiMarks: Marks = {
  done: '+',
  failed: 'x',
  skipped: '-',
  cancelled: '!',
  spinner: ['|', '/', '-', '\\'],
  cached: '=',
  retried: 'x',
  bar: ['#', '-'],
  dot: '|',
  edge: '|',
  more: '...',
};

/** A bar of a number of columns. */
export function bar(share: number, columns: number, marks: Marks): Line {
  const full = Math.round(Math.max(0, Math.min(1, share)) * columns);
  return [
    { text: marks.bar[0].repeat(full), tone: 'accent' },
    { text: marks.bar[1].repeat(columns - full), tone: 'dim' },
  ];
}

/** A window in which only the shortest form of everything fits. */
function isNarrow(columns: number): boolean {
  return columns < 60;
}

/** The columns of the title: wide enough for most, never most of the window. */
export function titleColumns(phases: readonly PhaseState[], columns: number): number {
  const longest = Math.max(10, ...phases.map((phase) => stringWidth(phase.title)));
  return Math.min(longest, Math.max(10, Math.floor(columns * (isNarrow(columns) ? 0.33 : 0.4))), 32);
}

/** The columns of time and count behind the title. */
function factColumns(columns: number): { readonly time: number; readonly count: number } {
  return isNarrow(columns) ? { time: 7, count: 7 } : { time: 9, count: 9 };
}

/** The line of a phase that has ended. */
export function endedLine(phase: PhaseState, columns: number, titleWidth: number, marks: Marks): Line {
  const [mark, tone]: readonly [string, Tone] =
    phase.status === 'fulfilled'
      ? [marks.done, 'good']
      : phase.status === 'failed'
        ? [marks.failed, 'bad']
        : phase.status === 'skipped'
          ? [marks.skipped, 'dim']
          : [marks.cancelled, 'warn'];
  const time = phase.status === 'skipped' ? 'skipped' : formatDuration(phase.durationMs ?? 0);
  const room = factColumns(columns);
  const line: Piece[] = [
    { text: `  ${mark} `, tone },
    {
      text: padWidth(cutWidth(phase.title, titleWidth, marks.more), titleWidth),
      tone: phase.status === 'failed' ? 'bad' : 'plain',
    },
    { text: `  ${time.padStart(room.time)}`, tone: 'dim' },
  ];
  if (phase.fanOut && phase.tasks > 0 && phase.status !== 'skipped')
    line.push({ text: `  ${phase.done}/${phase.tasks}`.padEnd(room.count), tone: 'dim' });
  else line.push({ text: ' '.repeat(room.count), tone: 'plain' });
  line.push(...remarks(phase, columns, marks));
  if (phase.status === 'failed' && phase.error !== undefined)
    line.push({ text: `  ${phase.error.message}`, tone: 'bad' });
  return fit(line, columns, marks);
}

/** The line of a phase that runs. */
export function runningLine(
  phase: PhaseState,
  elapsedMs: number,
  frame: number,
  columns: number,
  titleWidth: number,
  marks: Marks,
): Line {
  const room = factColumns(columns);
  const spent = phase.startedMs === undefined ? 0 : Math.max(0, elapsedMs - phase.startedMs);
  const spinner = marks.spinner[frame % marks.spinner.length] ?? '';
  const line: Piece[] = [
    { text: `  ${spinner} `, tone: 'accent' },
    { text: padWidth(cutWidth(phase.title, titleWidth, marks.more), titleWidth), tone: 'bold' },
    { text: `  ${formatClock(spent).padStart(room.time)}`, tone: 'dim' },
  ];
  if (phase.fanOut && phase.tasks > 0) {
    const count = `${phase.done}/${phase.tasks}${phase.tasksFinal ? '' : '+'}`;
    line.push({ text: `  ${count.padEnd(room.count - 2)}`, tone: 'plain' });
    const width = Math.min(24, columns - titleWidth - 36);
    if (width >= 6) line.push(...bar(phase.done / phase.tasks, width, marks), { text: '  ', tone: 'plain' });
  } else {
    line.push({ text: ' '.repeat(room.count), tone: 'plain' });
  }
  line.push(...remarks(phase, columns, marks));
  if (phase.message !== undefined) line.push({ text: phase.message, tone: 'dim' });
  return fit(line, columns, marks);
}

/** The columns that a line takes. */
export function lineWidth(line: Line): number {
  return line.reduce((sum, { text }) => sum + stringWidth(text), 0);
}

/** Cuts a line to the columns of the window. */
export function fit(line: Line, columns: number, marks: Marks): Line {
  const result: Piece[] = [];
  let left = columns;
  for (const piece of line) {
    const width = stringWidth(piece.text);
    if (width <= left) {
      result.push(piece);
      left -= width;
      continue;
    }
    result.push({ text: cutWidth(piece.text, left, marks.more), tone: piece.tone });
    break;
  }
  return result;
}

/** What is worth a remark: what did not have to be done, and what had to be done again. */
function remarks(phase: PhaseState, columns: number, marks: Marks): Line {
  const pieces: Piece[] = [];
  const known = cacheMark(phase, marks);
  if (known !== '') pieces.push({ text: `${isNarrow(columns) ? marks.cached : known}  `, tone: 'accent' });
  if (phase.retries > 0) {
    const words = phase.retries === 1 ? '1 retry' : `${phase.retries} retries`;
    pieces.push({ text: `${isNarrow(columns) ? `${marks.retried}${phase.retries}` : words}  `, tone: 'warn' });
  }
  return pieces;
}

function cacheMark(phase: PhaseState, marks: Marks): string {
  if (phase.restored > 0) {
    return phase.restored >= phase.tasks
      ? `${marks.cached} from the session`
      : `${marks.cached} ${phase.restored} from the session`;
  }
  if (phase.hits === 0) return '';
  return phase.misses === 0 && phase.hits >= phase.tasks
    ? `${marks.cached} cached`
    : `${marks.cached} ${phase.hits} cached`;
}
