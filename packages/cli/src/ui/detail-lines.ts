import { cleanLine } from '../output/clean.ts';
import { formatBytes, formatCost, formatShare, formatShort, plural } from '../output/format.ts';
import { isEnded, utilisation } from '../state/progress.ts';
import type { RunState } from '../state/run-state.ts';
import type { FrameOptions } from './frame.ts';
import { fit, type Line } from './phase-line.ts';

/** What `v` and `-verbose` add: strategy and reason, cache, workers, memory, tokens. */
export function detailLines(state: RunState, { columns, marks }: FrameOptions): readonly Line[] {
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
  const { sample } = state;
  const used = utilisation(state);
  if (sample !== undefined) {
    const share = used === undefined ? '' : `, ${formatShare(used)} used so far`;
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
