import type { RunResult } from '@orc/core';

import { jsonLine } from '../output/log-sink.ts';
import { labelled } from '../output/fold.ts';
import { formatBytes, formatCost, formatCount, formatDuration, formatShare, plural } from '../output/format.ts';
import type { Style } from '../output/style.ts';
import { utilisation } from '../state/progress.ts';
import type { RunState } from '../state/run-state.ts';

/** What the table depends on besides the run. */
export interface VerboseTableOptions {
  /** The style. */
  readonly style: Style;
  /** How wide a line may be. */
  readonly columns: number;
  /** The most memory that the process has used. */
  readonly peakBytes: number;
  /** Whether what stands above it has left an empty line already. */
  readonly spaced: boolean;
}

/** What `-verbose` says at the end of a JSON log: the facts of the table, as one more document. */
export function verboseLine(
  result: RunResult,
  state: RunState,
  { at, peakBytes }: { readonly at: number; readonly peakBytes: number },
): string {
  const { phases, strategy, cache, usage, timing } = result;
  return jsonLine({
    level: 'info',
    at,
    elapsedMs: timing.totalMs,
    subject: 'run',
    message: 'summary',
    event: 'summary',
    fields: {
      phases,
      strategy,
      cache,
      utilisation: utilisation(state) ?? null,
      peakRssBytes: Math.max(peakBytes, state.peakRssBytes),
      retries: state.retries,
      usage,
    },
  });
}

/** What `-verbose` says at the end: time and cache for each phase, utilisation, memory, retries, the strategy and its reason. */
export function verboseTable(
  result: RunResult,
  state: RunState,
  { style, columns, peakBytes, spaced }: VerboseTableOptions,
): string {
  const rows: (readonly string[])[] = [['phase', 'status', 'tasks', 'hits', 'misses', 'time', 'attempts']];
  for (const phase of result.phases) {
    rows.push([
      phase.id,
      phase.status,
      formatCount(phase.tasks),
      formatCount(phase.cache.hits),
      formatCount(phase.cache.misses),
      formatDuration(phase.durationMs),
      formatCount(phase.attempts),
    ]);
  }
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const lines = rows.map((row, index) => {
    const text = row
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ');
    return `  ${index === 0 ? style.dim(text) : text}`;
  });
  const { hits, misses, hitRatio, size } = result.cache;
  const fact = (name: string, text: string): string =>
    labelled(style.accent(name.padEnd(12)), text, { label: 12, columns }).join('\n');
  const used = utilisation(state);
  return [
    ...(spaced ? [] : ['']),
    ...lines,
    '',
    fact(
      'strategy',
      `${result.strategy.name}, ${plural(result.strategy.workers, 'worker')}: ${result.strategy.reason}`,
    ),
    fact(
      'cache',
      `${formatCount(hits)} hits, ${formatCount(misses)} misses, ratio ${formatShare(hitRatio)}, ${plural(size, 'entry', 'entries')} in memory`,
    ),
    fact(
      'concurrency',
      used === undefined
        ? 'nothing ran'
        : `${formatShare(used)} of ${plural(result.strategy.workers, 'worker')} busy on average`,
    ),
    fact('memory', `${formatBytes(Math.max(peakBytes, state.peakRssBytes))} at most`),
    fact('retries', formatCount(state.retries)),
    fact(
      'model',
      `${formatCount(result.usage.inputTokens)} tokens in (${formatCount(result.usage.cachedInputTokens)} cached), ${formatCount(result.usage.outputTokens)} out, ${formatCost(result.usage.costUsd)}`,
    ),
    fact('time', formatDuration(result.timing.totalMs)),
    '',
  ].join('\n');
}
