import type { RunReport } from '@orc/core';

import { formatBytes, formatCost, formatCount, formatDuration, formatShare, plural } from '../output/format.ts';
import { mermaid } from '../output/graph.ts';
import { codeSpan, joined, markdown, type Markdown } from './markdown.ts';

/** The report as Markdown, for a pull request or a note. */
export function markdownReport(report: RunReport): string {
  const { cache, concurrency, criticalPath, savings, usage } = report;
  const path = criticalPath.tasks.map(({ task }) => codeSpan(task));
  const lines: readonly (Markdown | string)[] = [
    markdown`# ${report.request}`,
    '',
    markdown`${report.status} in ${formatDuration(report.durationMs)} · ${report.pipeline.id} on ${report.model} · seed ${report.seed} · session ${codeSpan(report.sessionId)}`,
    '',
    markdown`Strategy: ${report.strategy.name}, ${plural(report.strategy.workers, 'worker')}: ${report.strategy.reason}`,
    '',
    ...(report.error === undefined ? [] : [markdown`**${report.error.message}** (${codeSpan(report.error.code)})`, '']),
    '| phase | status | tasks | hits | misses | time | work | retries | cost |',
    '| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...report.phases.map(
      (phase) =>
        markdown`| ${phase.title} | ${phase.status ?? 'not ended'} | ${phase.tasks.total} | ${phase.cache.hits} | ${phase.cache.misses} | ${formatDuration(phase.durationMs)} | ${formatDuration(phase.workMs)} | ${phase.retries} | ${formatCost(phase.usage.costUsd)} |`,
    ),
    '',
    markdown`- cache: ${formatCount(cache.hits)} hits, ${formatCount(cache.misses)} misses (${formatShare(cache.hitRatio)}), ${formatDuration(savings.cacheMs)} saved`,
    markdown`- parallelism: ${formatDuration(savings.parallelMs)} saved, ${formatShare(concurrency.utilisation)} of ${plural(concurrency.workers, 'worker')} used, ${concurrency.peak} at most`,
    markdown`- critical path: ${formatDuration(criticalPath.workMs)} of work, ${formatDuration(criticalPath.waitMs)} of waiting: ${path.length === 0 ? 'nothing was executed' : joined(path, ' → ')}`,
    markdown`- model: ${plural(usage.calls, 'call')}, ${formatCount(usage.inputTokens)} tokens in, ${formatCount(usage.outputTokens)} out, ${formatCost(usage.costUsd)}`,
    ...(report.memory === undefined ? [] : [markdown`- memory: ${formatBytes(report.memory.peakRssBytes)} at most`]),
    ...report.degradations.map(({ message }) => markdown`- went without: ${message}`),
    '',
    '```mermaid',
    mermaid(report.phases),
    '```',
    '',
    ...report.artifacts.map((file) => markdown`- ${codeSpan(file.path)} ${formatBytes(file.bytes)}`),
    ...(report.artifacts.length > 0 ? [''] : []),
  ];
  return lines.map(String).join('\n');
}
