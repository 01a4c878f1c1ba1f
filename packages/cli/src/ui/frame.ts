import stringWidth from 'string-width';

import { cleanLine, cleanText } from '../output/clean.ts';
import { formatBytes, formatCost, formatDuration, formatShare, formatShort, plural } from '../output/format.ts';
import { hitRatio, isEnded, remainingMs } from '../state/progress.ts';
import type { PhaseState } from '../state/phase-state.ts';
import type { RunState } from '../state/run-state.ts';
import { bar, cutWidth, fit, runningLine, titleColumns, type Line, type Marks, type Piece } from './phase-line.ts';

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
    fit([{ text: `  ${facts.join(` ${marks.dot} `)}`, tone: 'dim' }], columns, marks),
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
  const keys = options.keys && room >= 9 ? [keyLine(state, options)] : [];
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

function progressLine(state: RunState, options: FrameOptions): Line {
  const { columns, marks, elapsedMs } = options;
  const share = state.progress;
  const remaining = remainingMs(state, elapsedMs, share);
  const words: Piece[] = [
    { text: `  ${formatShare(share)}`.padEnd(8), tone: 'bold' },
    { text: formatDuration(elapsedMs), tone: 'plain' },
  ];
  if (options.cancelling) words.push({ text: `  cancelling${marks.more} once more ends it at once`, tone: 'warn' });
  else if (state.status === 'paused') words.push({ text: '  paused', tone: 'warn' });
  else if (remaining !== undefined) words.push({ text: `  about ${formatDuration(remaining)} left`, tone: 'dim' });
  const taken = words.reduce((sum, { text }) => sum + stringWidth(text), 0);
  const width = Math.min(40, columns - taken - 4);
  return fit(
    [{ text: '  ', tone: 'plain' }, ...(width >= 8 ? bar(share, width, marks) : []), ...words],
    columns,
    marks,
  );
}

function statsLine(state: RunState, { columns, marks }: FrameOptions): Line {
  const facts: string[] = [];
  const workers = state.strategy?.workers ?? state.sample?.workers ?? 1;
  facts.push(`${Math.min(state.running.length, workers)}/${workers} workers`);
  const ratio = hitRatio(state);
  facts.push(ratio === undefined ? 'no hits yet' : `${formatShare(ratio)} cached`);
  const tokens = state.inputTokens + state.outputTokens;
  if (tokens > 0) facts.push(`${formatShort(tokens)} tokens`);
  if (state.calls > 0 && state.costUsd !== 0) facts.push(formatCost(state.costUsd));
  if (state.retries > 0) facts.push(plural(state.retries, 'retry', 'retries'));
  return fit([{ text: `  ${facts.join(` ${marks.dot} `)}`, tone: 'dim' }], columns, marks);
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

function keyLine(state: RunState, { columns, details, marks }: FrameOptions): Line {
  const pause = state.status === 'paused' ? 'p continue' : 'p pause';
  const text = ['q cancel', details ? 'v fewer details' : 'v details', pause].join(` ${marks.dot} `);
  return fit([{ text: `  ${text}`, tone: 'dim' }], columns, marks);
}

/** The end of the text that is being written, folded into the window. */
function previewLines(state: RunState, most: number, { columns, marks }: FrameOptions): readonly Line[] {
  if (state.preview === undefined || most < 1) return [];
  const width = Math.min(columns - 6, 96);
  if (width < 16) return [];
  const written = state.preview.structured ? withoutJson(state.preview.text) : state.preview.text;
  const text = cleanText(written).replace(/\s+/g, ' ').trim();
  if (text === '') return [];
  // Always the same height while a phase writes: what jumps is not calm.
  const lines = fold(text, width).slice(-most);
  return Array.from({ length: most }, (_, index) => [
    { text: `  ${marks.edge} `, tone: 'accent' },
    { text: lines[index] ?? '', tone: 'dim' },
  ]);
}

/** The words of a structured reply, without the brackets and names around them. */
function withoutJson(text: string): string {
  return text
    .replaceAll(/\\[nrt]/g, ' ')
    .replaceAll(/"[A-Za-z0-9_]+"\s*:/g, ' ')
    .replaceAll(/"\s*,\s*"/g, ', ')
    .replaceAll(/[{}[\]"]+/g, ' ')
    .replaceAll(/\s+([,.;])/g, '$1');
}

function fold(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (stringWidth(joined) <= width) {
      line = joined;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (stringWidth(line) > width) {
      const head = cutWidth(line, width, '');
      if (head === '') break;
      lines.push(head);
      line = line.slice(head.length);
    }
  }
  if (line !== '') lines.push(line);
  return lines;
}

function detailLines(state: RunState, { columns, marks }: FrameOptions): readonly Line[] {
  const lines: Line[] = [];
  const add = (name: string, text: string): void => {
    lines.push(
      fit(
        [
          { text: `  ${name.padEnd(10)}`, tone: 'accent' },
          { text, tone: 'dim' },
        ],
        columns,
        marks,
      ),
    );
  };
  if (state.strategy !== undefined) add('strategy', `${state.strategy.name}: ${state.strategy.reason}`);
  add('cache', `${plural(state.hits, 'hit')}, ${plural(state.misses, 'miss', 'misses')}`);
  const { sample, utilisation } = state;
  if (sample !== undefined) {
    const share = utilisation.of > 0 ? `, ${formatShare(utilisation.busy / utilisation.of)} used so far` : '';
    add(
      'workers',
      `${sample.running} of ${sample.workers} busy, ${sample.threads} on threads, ${sample.queued} queued${share}`,
    );
    add('memory', `${formatBytes(sample.rssBytes)}, heap ${formatBytes(sample.heapBytes)}`);
  }
  add(
    'model',
    `${plural(state.calls, 'call')}, ${formatShort(state.inputTokens)} tokens in, ${formatShort(state.outputTokens)} out, ${formatCost(state.costUsd)}`,
  );
  if (state.running.length > 0) add('running', state.running.map(cleanLine).join(', '));
  add('phases', `${state.phases.filter(isEnded).length} of ${state.phases.length} done`);
  add('session', state.sessionId);
  return lines;
}
