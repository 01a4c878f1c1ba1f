import stringWidth from 'string-width';

import { factsThatFit } from '../output/fold.ts';
import { formatClock, formatCost, formatShare, formatShort, plural } from '../output/format.ts';
import { hitRatio, remainingMs } from '../state/progress.ts';
import type { RunState } from '../state/run-state.ts';
import type { FrameOptions } from './frame.ts';
import { bar, fit, lineWidth, type Line, type Piece } from './phase-line.ts';

/** How far the run is, as a bar where there is room for one, and in figures. */
export function progressLine(state: RunState, options: FrameOptions): Line {
  const { columns, marks, elapsedMs } = options;
  const share = state.progress;
  const forms = [true, false].map((long): Line => {
    const words: Piece[] = [
      { text: ` ${formatShare(share).padStart(5)}`, tone: 'bold' },
      { text: `  ${formatClock(elapsedMs)}`, tone: 'plain' },
    ];
    const more = outlook(state, options, long);
    return more === undefined ? words : [...words, more];
  });
  // The bar is worth more than words: they give way first.
  for (const words of forms) {
    const width = Math.min(40, columns - lineWidth(words) - 4);
    if (width >= 10) return [{ text: '  ', tone: 'plain' }, ...bar(share, width, marks), ...words];
  }
  return fit(forms.at(-1) ?? [], columns, marks);
}

/** What is to come: the end of a cancelled run, or when a run will probably be done. */
function outlook(state: RunState, { cancelling, elapsedMs, marks }: FrameOptions, long: boolean): Piece | undefined {
  if (cancelling) {
    return { text: `  cancelling${marks.more}${long ? ' once more ends it at once' : ''}`, tone: 'warn' };
  }
  if (state.status === 'paused') return { text: '  paused', tone: 'warn' };
  const remaining = remainingMs(state, elapsedMs, state.progress);
  if (remaining === undefined) return undefined;
  // Whole seconds: nobody knows it better.
  const left = formatClock(Math.max(1000, Math.round(remaining / 1000) * 1000)).replace('.0 ', ' ');
  return { text: long ? `  about ${left} left` : `  ~${left} left`, tone: 'dim' };
}

/** Workers, cache, tokens, cost. */
export function statsLine(state: RunState, { columns, marks }: FrameOptions): Line {
  const facts: string[] = [];
  const workers = state.strategy?.workers ?? state.sample?.workers ?? 1;
  facts.push(`${Math.min(state.running.length, workers)}/${workers} workers`);
  const ratio = hitRatio(state);
  facts.push(ratio === undefined ? 'no hits yet' : `${formatShare(ratio)} cached`);
  const tokens = state.inputTokens + state.outputTokens;
  const priced = state.calls > 0 && state.costUsd !== 0;
  // Where there is no room for both, money says more than tokens.
  const spent = [
    ...(tokens > 0 ? [`${formatShort(tokens)} tokens`] : []),
    ...(priced ? [formatCost(state.costUsd)] : []),
  ];
  const all = [...facts, ...spent, ...(state.retries > 0 ? [plural(state.retries, 'retry', 'retries')] : [])];
  const between = ` ${marks.dot} `;
  const text =
    stringWidth(all.join(between)) <= columns - 2
      ? all.join(between)
      : factsThatFit([...facts, ...spent.toReversed()], between, columns - 2);
  return fit([{ text: `  ${text}`, tone: 'dim' }], columns, marks);
}

/** The keys, and what they do. */
export function keyLine(state: RunState, { columns, details, asking, marks }: FrameOptions): Line {
  if (asking) return fit([{ text: '  cancel the run? q again: yes, any other key: no', tone: 'warn' }], columns, marks);
  const pause = state.status === 'paused' ? 'p continue' : 'p pause';
  const text = ['q cancel', details ? 'v fewer details' : 'v details', pause].join(` ${marks.dot} `);
  return fit([{ text: `  ${text}`, tone: 'dim' }], columns, marks);
}
