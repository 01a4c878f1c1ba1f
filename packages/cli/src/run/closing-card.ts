import type { RunResult } from '@orc/core';

import { showPath } from '../config/paths.ts';
import type { Host } from '../host.ts';
import { cleanLine } from '../output/clean.ts';
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
  /** Whether optimizations were on. */
  readonly optimized: boolean;
}

/** The short card that a terminal gets instead of the manuscript. */
export function closingCard(result: RunResult, { host, style, output, optimized }: CardOptions): string {
  const lines: string[] = [''];
  const { hits, misses, hitRatio } = result.cache;
  const looked = hits + misses;
  lines.push(`  ${style.bold(cleanLine(result.title ?? result.pipeline.id))}`);
  const facts = [
    result.words === undefined ? undefined : plural(result.words, 'word'),
    formatDuration(result.timing.totalMs),
    `${result.pipeline.id} on ${result.model}`,
    cost(result),
  ];
  lines.push(`  ${style.dim(facts.filter((fact) => fact !== undefined).join(' · '))}`, '');
  const row = (name: string, text: string): void => void lines.push(`  ${style.accent(name.padEnd(9))} ${text}`);
  if (!optimized) row('cache', 'off');
  else if (looked === 0) row('cache', 'nothing cacheable');
  else if (misses === 0) row('cache', `all ${formatCount(hits)} results came from the cache`);
  else row('cache', `${formatCount(hits)} of ${plural(looked, 'result')} from the cache (${formatShare(hitRatio)})`);
  const workers = result.strategy.workers > 1 ? `, ${plural(result.strategy.workers, 'worker')}` : '';
  row('strategy', `${result.strategy.name}${workers} (${result.strategy.reason})`);
  const folder = output ?? result.artifactsDir;
  if (folder !== undefined && result.artifacts.length > 0) {
    row('files', showPath(host, folder));
    lines.push(`  ${' '.repeat(10)}${style.dim(fileList(result.artifacts.map(({ path }) => path)))}`);
  }
  row('session', `${result.sessionId}  ${style.dim('orc show, orc report --open')}`);
  for (const degradation of result.degradations) row('note', style.warn(cleanLine(degradationText(degradation))));
  if (looked > 0 && misses === 0) {
    lines.push(
      '',
      `  ${style.dim('Something new: ')}--fresh${style.dim(' asks again, ')}--seed ${result.seed + 1}${style.dim(' gives another result.')}`,
    );
  }
  lines.push('');
  return lines.join('\n');
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
