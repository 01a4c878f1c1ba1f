import type { RunReport } from '@orc/core';

import { formatBytes, formatCost, formatCount, formatDuration, formatShare, plural } from '../output/format.ts';
import { mermaid } from '../output/graph.ts';
import { cleanLine } from '../output/clean.ts';

/** The report as Markdown, for a pull request or a note. */
export function markdownReport(report: RunReport): string {
  const cell = (text: string): string => cleanLine(text).replaceAll('|', '\\|');
  const lines = [
    `# ${cleanLine(report.request)}`,
    '',
    `${report.status} in ${formatDuration(report.durationMs)} · ${report.pipeline.id} on ${report.model} · seed ${report.seed} · session \`${report.sessionId}\``,
    '',
    `Strategy: ${report.strategy.name}, ${plural(report.strategy.workers, 'worker')}: ${cleanLine(report.strategy.reason)}`,
    '',
    ...(report.error === undefined ? [] : [`**${cleanLine(report.error.message)}** (\`${report.error.code}\`)`, '']),
    '| phase | status | tasks | hits | misses | time | work | retries | cost |',
    '| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...report.phases.map(
      (phase) =>
        `| ${cell(phase.title)} | ${phase.status ?? 'not ended'} | ${phase.tasks.total} | ${phase.cache.hits} | ${phase.cache.misses} | ${formatDuration(phase.durationMs)} | ${formatDuration(phase.workMs)} | ${phase.retries} | ${formatCost(phase.usage.costUsd)} |`,
    ),
    '',
    `- cache: ${formatCount(report.cache.hits)} hits, ${formatCount(report.cache.misses)} misses (${formatShare(report.cache.hitRatio)}), ${formatDuration(report.savings.cacheMs)} saved`,
    `- parallelism: ${formatDuration(report.savings.parallelMs)} saved, ${formatShare(report.concurrency.utilisation)} of ${plural(report.concurrency.workers, 'worker')} used, ${report.concurrency.peak} at most`,
    `- critical path: ${formatDuration(report.criticalPath.workMs)} of work, ${formatDuration(report.criticalPath.waitMs)} of waiting: ${report.criticalPath.tasks.map(({ task }) => `\`${cleanLine(task)}\``).join(' → ') || 'nothing was executed'}`,
    `- model: ${plural(report.usage.calls, 'call')}, ${formatCount(report.usage.inputTokens)} tokens in, ${formatCount(report.usage.outputTokens)} out, ${formatCost(report.usage.costUsd)}`,
    ...(report.memory === undefined ? [] : [`- memory: ${formatBytes(report.memory.peakRssBytes)} at most`]),
    ...report.degradations.map(({ message }) => `- went without: ${cleanLine(message)}`),
    '',
    '```mermaid',
    mermaid(report.phases),
    '```',
    '',
  ];
  if (report.artifacts.length > 0)
    lines.push(...report.artifacts.map((file) => `- \`${cleanLine(file.path)}\` ${formatBytes(file.bytes)}`), '');
  return lines.join('\n');
}
