import type { RunReport, TaskReport } from '@orc/core';

import { formatDuration } from '../output/format.ts';
import { markup, type Html } from './html.ts';
import { phaseClass } from './palette.ts';

const width = 1060;
const left = 64;
const rowHeight = 16;

/** When each task ran, on which row of which lane: cached ones are pale, the critical path has a frame. */
export function timelineSvg(report: RunReport): Html {
  const lanes = (['io', 'cpu', 'compute'] as const)
    .map((lane) => ({ lane, tasks: report.tasks.filter((task) => task.lane === lane) }))
    .filter(({ tasks }) => tasks.length > 0);
  if (lanes.length === 0) return markup`<p class="soft">No task was started.</p>`;
  const total = Math.max(1, report.durationMs, ...report.tasks.map(({ endMs }) => endMs));
  const x = (ms: number): number => left + ((width - left - 8) * Math.max(0, ms)) / total;
  const indexOf = new Map(report.phases.map((phase, index) => [phase.id, index]));
  const critical = new Set(report.criticalPath.tasks.map(({ task }) => task));
  const parts: Html[] = [];
  let top = 22;
  for (const { lane, tasks } of lanes) {
    const rows = Math.max(...tasks.map(({ row }) => row)) + 1;
    parts.push(markup`<text class="faint" x="0" y="${top + 12}">${laneName(lane)}</text>`);
    for (const task of tasks)
      parts.push(taskBar(task, x, top + task.row * rowHeight, indexOf.get(task.phase) ?? 0, critical.has(task.task)));
    top += rows * rowHeight + 12;
  }
  const ticks = tickValues(total).map(
    (ms) =>
      markup`<line class="grid" x1="${x(ms).toFixed(1)}" x2="${x(ms).toFixed(1)}" y1="16" y2="${top}"/><text class="faint" x="${x(ms).toFixed(1)}" y="11" text-anchor="middle">${formatDuration(ms)}</text>`,
  );
  return markup`<svg viewBox="0 0 ${width} ${top}" role="img" aria-label="Timeline of the tasks">${ticks}${parts}</svg>`;
}

/** How many workers were busy, over time. */
export function utilisationSvg(report: RunReport): Html {
  const { timeline, workers } = report.concurrency;
  if (timeline.length < 2) return markup``;
  const height = 84;
  const total = Math.max(1, report.durationMs);
  const most = Math.max(1, workers, report.concurrency.peak);
  const x = (ms: number): number => left + ((width - left - 8) * ms) / total;
  const y = (running: number): number => 6 + (height - 12) * (1 - running / most);
  const points = timeline.map(({ atMs, running }) => `${x(Math.min(atMs, total)).toFixed(1)},${y(running).toFixed(1)}`);
  const last = timeline.at(-1);
  points.push(`${x(total).toFixed(1)},${y(last?.running ?? 0).toFixed(1)}`);
  return markup`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Busy workers over time"><text class="faint" x="0" y="16">${most} workers</text><line class="grid" x1="${left}" x2="${width - 8}" y1="${y(most)}" y2="${y(most)}"/><line class="grid" x1="${left}" x2="${width - 8}" y1="${y(0)}" y2="${y(0)}"/><polygon class="area" points="${left},${y(0)} ${points.join(' ')} ${x(total).toFixed(1)},${y(0)}"/><polyline class="curve" points="${points.join(' ')}"/></svg>`;
}

function taskBar(task: TaskReport, x: (ms: number) => number, y: number, index: number, critical: boolean): Html {
  const classes = [
    phaseClass(index),
    task.source === 'executed' ? '' : 'cached',
    task.status === 'failed' ? 'failed' : critical ? 'hotbar' : '',
  ]
    .filter((name) => name !== '')
    .join(' ');
  const start = x(task.startMs);
  const barWidth = Math.max(2, x(task.endMs) - start);
  const facts = [
    task.task,
    `${formatDuration(task.startMs)} to ${formatDuration(task.endMs)} (${formatDuration(task.endMs - task.startMs)})`,
    task.source === 'cache' ? `from the cache (${task.tier ?? 'unknown tier'})` : task.source,
    task.missReason === undefined ? '' : `missed: ${task.missReason}`,
    task.threadId === undefined ? '' : `thread ${task.threadId}`,
    task.worker === undefined ? '' : `on ${task.worker}`,
    task.attempts > 1 ? `${task.attempts} attempts` : '',
    task.status === 'fulfilled' ? '' : `${task.status}${task.error === undefined ? '' : `: ${task.error.message}`}`,
  ].filter((fact) => fact !== '');
  const mark =
    task.source === 'cache' && barWidth > 14 ? markup`<text x="${(start + 3).toFixed(1)}" y="${y + 11}">↺</text>` : '';
  return markup`<g><title>${facts.join('\n')}</title><rect class="${classes}" x="${start.toFixed(1)}" y="${y}" width="${barWidth.toFixed(1)}" height="${rowHeight - 3}" rx="2.5"/>${mark}</g>`;
}

function laneName(lane: 'io' | 'cpu' | 'compute'): string {
  return lane === 'io' ? 'calls' : lane === 'cpu' ? 'threads' : 'main';
}

function tickValues(total: number): readonly number[] {
  const rough = total / 7;
  const power = 10 ** Math.floor(Math.log10(Math.max(rough, 0.001)));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough) ?? power * 10;
  const values: number[] = [];
  for (let value = step; value < total - step * 0.3; value += step) values.push(value);
  return values;
}
