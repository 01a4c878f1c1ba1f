import type { RunResult } from '@orc/core';

import { showPath } from '../config/paths.ts';
import type { Host } from '../host.ts';
import { cleanLine } from '../output/clean.ts';
import { columnsOf } from '../output/columns.ts';
import { fold, labelled } from '../output/fold.ts';
import { formatCost, formatCount, formatDuration, formatShare, formatShort, plural } from '../output/format.ts';
import type { Style } from '../output/style.ts';

/** What a closing card depends on besides the result. */
export interface CardOptions {
  /** The process around it. */
  readonly host: Host;
  /** The style. */
  readonly style: Style;
  /** The folder that received copies. */
  readonly output: string | undefined;
  /** Whether the built-in model wrote because no other one is configured. */
  readonly placeholder: boolean;
  /** Whether optimizations were on. */
  readonly optimized: boolean;
  /** How many tasks a resumed session had done before. */
  readonly restored: number;
  /** Whether what stands above it has left an empty line already. */
  readonly spaced: boolean;
}

/** The words of a result; beside those that were asked for, where a tenth of them or more is missing. */
function wordCount({ words, wordsAsked }: RunResult): string | undefined {
  if (words === undefined) return undefined;
  if (wordsAsked === undefined || words > wordsAsked * 0.9) return plural(words, 'word');
  return `${formatCount(words)} of ${plural(wordsAsked, 'word')}`;
}

/** The short card that a terminal gets instead of the manuscript. */
export function closingCard(
  result: RunResult,
  { host, style, output, optimized, placeholder, restored, spaced }: CardOptions,
): string {
  const columns = Math.max(30, columnsOf(host.stdout, 100));
  const plain = (text: string): string => text;
  const lines: string[] = spaced ? [] : [''];
  const add = (indent: number, text: string, paint: (text: string) => string = plain): void => {
    for (const line of fold(text, columns - indent - 1)) lines.push(' '.repeat(indent) + paint(line));
  };
  const row = (name: string, text: string, paint: (text: string) => string = plain): void => {
    lines.push(...labelled(style.accent(name.padEnd(9)), text, { label: 9, columns, paint }));
  };
  add(2, cleanLine(result.title ?? result.pipeline.id), style.bold);
  const facts = [
    wordCount(result),
    formatDuration(result.timing.totalMs),
    `${result.pipeline.id} on ${result.model}`,
    cost(result),
  ];
  add(2, facts.filter((fact) => fact !== undefined).join(' · '), style.dim);
  lines.push('');
  row('cache', cacheText(result, { optimized, restored }));
  const workers = result.strategy.workers > 1 ? `, ${plural(result.strategy.workers, 'worker')}` : '';
  row('strategy', `${result.strategy.name}${workers} (${result.strategy.reason})`);
  const folder = output ?? result.artifactsDir;
  if (folder !== undefined && result.artifacts.length > 0) {
    // A path is there to be copied: the terminal may fold it, we don't.
    lines.push(`  ${style.accent('files'.padEnd(9))} ${showPath(host, folder)}`);
    add(12, fileList(result.artifacts.map(({ path }) => path)), style.dim);
  }
  const more = 'orc show, orc report --open';
  // Beside the id where there is room for both.
  if (12 + result.sessionId.length + 2 + more.length < columns)
    row('session', `${result.sessionId}  ${style.dim(more)}`);
  else {
    row('session', result.sessionId);
    add(12, more, style.dim);
  }
  for (const degradation of result.degradations) row('note', cleanLine(degradationText(degradation)), style.warn);
  if (result.cache.hits > 0 && result.cache.misses === 0) {
    lines.push('');
    add(2, `Something new: --fresh asks again, --seed ${result.seed + 1} gives another result.`, style.dim);
  } else if (placeholder) {
    lines.push('');
    add(
      2,
      'Written by the built-in placeholder, because no key is set: orc models tells how to use a real model.',
      style.dim,
    );
  }
  lines.push('');
  return lines.join('\n');
}

function cacheText(
  { cache: { hits, misses, hitRatio } }: RunResult,
  { optimized, restored }: Pick<CardOptions, 'optimized' | 'restored'>,
): string {
  const looked = hits + misses;
  if (!optimized) return 'off';
  if (looked === 0) return restored > 0 ? 'not asked: the session held every result' : 'nothing cacheable';
  if (misses === 0) return `all ${formatCount(hits)} results came from the cache`;
  return `${formatCount(hits)} of ${plural(looked, 'result')} from the cache (${formatShare(hitRatio)})`;
}

function cost(result: RunResult): string | undefined {
  const tokens = result.usage.inputTokens + result.usage.outputTokens;
  if (tokens === 0) return undefined;
  return `${formatShort(tokens)} tokens${result.usage.costUsd === 0 ? '' : `, ${formatCost(result.usage.costUsd)}`}`;
}

/** A degradation is told as a text or as an object with a message. */
function degradationText(degradation: unknown): string {
  if (typeof degradation === 'string') return degradation;
  const { message } = degradation as { readonly message?: unknown };
  return typeof message === 'string' ? message : JSON.stringify(degradation);
}

/** File names, folders counted: `manuscript.md, chapters/ (5), stats.json`. */
function fileList(paths: readonly string[]): string {
  const folders = new Map<string, number>();
  for (const path of paths) {
    const slash = path.indexOf('/');
    const name = slash === -1 ? path : `${path.slice(0, slash)}/`;
    folders.set(name, (folders.get(name) ?? 0) + 1);
  }
  const names = [...folders].map(([name, count]) => (name.endsWith('/') ? `${name} (${count})` : name));
  return names.length > 8 ? `${names.slice(0, 8).join(', ')}, ${names.length - 8} more` : names.join(', ');
}
