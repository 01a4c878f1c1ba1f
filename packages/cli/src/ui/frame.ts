import stringWidth from 'string-width';

import { cleanLine } from '../output/clean.ts';
import { factsThatFit } from '../output/fold.ts';
import { plural } from '../output/format.ts';
import type { PhaseState } from '../state/phase-state.ts';
import type { RunState } from '../state/run-state.ts';
import { detailLines } from './detail-lines.ts';
import { keyLine, progressLine, statsLine } from './foot-lines.ts';
import { fit, runningLine, titleColumns, type Line, type Marks } from './phase-line.ts';
import { previewLines } from './preview-lines.ts';

/** What a frame depends on besides the run. */
export interface FrameOptions {
  /** The window's width. */
  readonly columns: number;
  /** The window's height. */
  readonly rows: number;
  /** Milliseconds since the run started. */
  readonly elapsedMs: number;
  /** Which frame of the spinner. */
  readonly frame: number;
  /** Whether details are shown. */
  readonly details: boolean;
  /** Whether keys are read. */
  readonly keys: boolean;
  /** Whether it is asked if the run is to be cancelled. */
  readonly asking: boolean;
  /** Whether "cancelling" may be said already. */
  readonly cancelling: boolean;
  /** The marks. */
  readonly marks: Marks;
}

/** What is shown until the run tells more. */
export function startingLines(request: string, columns: number, frame: number, marks: Marks): readonly Line[] {
  const spinner = marks.spinner[frame % marks.spinner.length] ?? '';
  return [
    [],
    fit([{ text: `  ${cleanLine(request)}`, tone: 'bold' }], columns, marks),
    fit(
      [
        { text: `  ${spinner} `, tone: 'accent' },
        { text: 'getting ready', tone: 'dim' },
      ],
      columns,
      marks,
    ),
  ];
}

/** The lines that stay at the top: what runs, with what, and why so. */
export function headLines(state: RunState, columns: number, marks: Marks): readonly Line[] {
  if (state.strategy === undefined) return [];
  const { name, workers } = state.strategy;
  const facts = [state.pipeline, state.model, workers > 1 ? `${name}, ${plural(workers, 'worker')}` : name];
  if (state.resumed) facts.push(`resumed, ${plural(state.restored, 'task')} done before`);
  return [
    [],
    fit([{ text: `  ${cleanLine(state.request)}`, tone: 'bold' }], columns, marks),
    fit([{ text: `  ${factsThatFit(facts, ` ${marks.dot} `, columns - 2)}`, tone: 'dim' }], columns, marks),
    [],
  ];
}

/**
 * The part of the view that changes. It is never taller than the window less one line, because a terminal that scrolls can't be
 * painted over without flicker; what is least important gives way first.
 */
export function liveLines(state: RunState, options: FrameOptions): readonly Line[] {
  const { columns, rows, marks } = options;
  const room = Math.max(2, rows - 1);
  // A fan-out that knows its tasks but has begun none of them still waits, whatever the engine calls it.
  const begun = (phase: PhaseState): boolean => !phase.fanOut || phase.running > 0 || phase.done > 0;
  const running = state.phases.filter((phase) => phase.status === 'running' && begun(phase));
  const waiting = state.phases.filter(
    (phase) => phase.status === 'waiting' || (phase.status === 'running' && !begun(phase)),
  );
  const width = titleColumns(state.phases, columns);
  const foot = [progressLine(state, options), statsLine(state, options)];
  const keys = options.keys && (room >= 9 || options.asking) ? [keyLine(state, options)] : [];
  const next =
    waiting.length > 0 && room >= 7
      ? [
          nextLine(
            waiting.map((phase) => phase.title),
            options,
          ),
        ]
      : [];
  const spaced = room >= 10;
  const details = options.details ? detailLines(state, options) : [];

  let left = room - foot.length - keys.length - next.length - (spaced ? 2 : 0);
  const shown = running.slice(0, running.length > left ? Math.max(0, left - 1) : running.length);
  const phaseLines: Line[] = shown.map((phase) =>
    runningLine(phase, options.elapsedMs, options.frame, columns, width, marks),
  );
  if (shown.length < running.length && left > 0)
    phaseLines.push([{ text: `    ${running.length - shown.length} more`, tone: 'dim' }]);
  left -= phaseLines.length;
  const shownDetails = details.slice(0, Math.max(0, Math.min(left - 1, details.length)));
  left -= shownDetails.length;
  const preview = left >= 3 ? previewLines(state, Math.min(3, left - 1), options) : [];

  return [
    ...phaseLines,
    ...next,
    ...(preview.length > 0 && spaced ? [[]] : []),
    ...preview,
    ...shownDetails,
    ...(spaced ? [[]] : []),
    ...foot,
    ...keys,
  ].slice(-room);
}

function nextLine(titles: readonly string[], { columns, marks }: FrameOptions): Line {
  const shown: string[] = [];
  let width = 12;
  for (const title of titles) {
    width += stringWidth(title) + 2;
    if (width > columns - 8 && shown.length > 0) break;
    shown.push(title);
  }
  const rest = titles.length - shown.length;
  return fit(
    [{ text: `    then ${shown.join(', ')}${rest > 0 ? `, ${rest} more` : ''}`, tone: 'dim' }],
    columns,
    marks,
  );
}
