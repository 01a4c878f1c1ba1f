import type { PhaseReport, RunReport } from '@orc/core';

import {
  formatBytes,
  formatCost,
  formatCount,
  formatDuration,
  formatShare,
  formatShort,
  plural,
} from '../output/format.ts';
import { html } from './escape.ts';
import { phaseClass, reportStyle } from './palette.ts';
import { phaseGraphSvg } from './phase-graph.ts';
import { timelineSvg, utilisationSvg } from './timeline.ts';

/** One self-contained HTML file: no script, nothing from elsewhere, light and dark. */
export function htmlReport(report: RunReport): string {
  const sections = [
    header(report),
    cards(report),
    section('Timeline', `<div class="panel">${timelineSvg(report)}${utilisationSvg(report)}${legend(report)}</div>`),
    section('Graph', `<div class="panel">${phaseGraphSvg(report)}</div>`),
    section('Phases', `<div class="panel">${phaseTable(report)}</div>`),
    section('Critical path', criticalPath(report)),
    section('Saved', saved(report)),
    section('Tokens and cost', usage(report)),
    report.retries.length === 0 ? '' : section('Retries', retries(report)),
    report.degradations.length === 0
      ? ''
      : section(
          'Went without',
          `<ul>${report.degradations.map(({ message }) => `<li class="warn">${html(message)}</li>`).join('')}</ul>`,
        ),
    report.artifacts.length === 0 ? '' : section('Files', artifacts(report)),
    section('Tasks', tasks(report)),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${html(report.request.slice(0, 80))} · orc</title>
<style>${reportStyle}</style>
</head>
<body>
${sections.filter((part) => part !== '').join('\n')}
</body>
</html>
`;
}

function section(title: string, body: string): string {
  return `<section><h2>${title}</h2>${body}</section>`;
}

function header(report: RunReport): string {
  const tone = report.status === 'succeeded' ? 'good' : report.status === 'failed' ? 'bad' : 'warn';
  const facts = [
    report.pipeline.id,
    report.model === '' ? 'no model' : report.model,
    `seed ${report.seed}`,
    new Date(report.startedAt).toISOString().replace('T', ' ').slice(0, 19),
  ];
  return `<header><h1>${html(report.request)}</h1>
<p><span class="${tone}">${report.status}</span> <span class="soft">· ${facts.map(html).join(' · ')} · <code>${html(report.sessionId)}</code></span></p>
<p class="soft">${html(report.strategy.name)}, ${plural(report.strategy.workers, 'worker')}: ${html(report.strategy.reason)}${report.resumed ? `; resumed, ${plural(report.restored, 'task')} done before` : ''}</p>
${report.error === undefined ? '' : `<p class="bad">${html(report.error.task ?? report.error.phase ?? '')} ${html(report.error.message)} <code>${html(report.error.code)}</code></p>`}</header>`;
}

function cards(report: RunReport): string {
  const { cache, concurrency, usage: used, memory } = report;
  const all: readonly (readonly [string, string])[] = [
    [formatDuration(report.durationMs), 'in all'],
    [
      cache.hits + cache.misses === 0 ? 'none' : formatShare(cache.hitRatio),
      `from the cache (${formatCount(cache.hits)} of ${formatCount(cache.hits + cache.misses)})`,
    ],
    [formatDuration(report.savings.cacheMs), 'saved by the cache'],
    [formatDuration(report.savings.parallelMs), 'saved by parallelism'],
    [
      formatShare(concurrency.utilisation),
      `of ${plural(concurrency.workers, 'worker')} used, ${concurrency.peak} at most`,
    ],
    [formatShort(used.inputTokens + used.outputTokens), 'tokens'],
    [formatCost(used.costUsd), `${plural(used.calls, 'call')} of a model`],
    [memory === undefined ? 'unknown' : formatBytes(memory.peakRssBytes), 'of memory at most'],
  ];
  return `<div class="cards">${all.map(([value, name]) => `<div class="card"><b>${value}</b><span>${name}</span></div>`).join('')}</div>`;
}

function legend(report: RunReport): string {
  const entries = report.phases.map(
    (phase, index) => `<span><i class="dot ${phaseClass(index)}"></i>${html(phase.title)}</span>`,
  );
  return `<div class="legend">${entries.join('')}<span>pale with ↺: from the cache</span><span>framed: on the critical path</span></div>`;
}

function phaseTable(report: RunReport): string {
  const row = (phase: PhaseReport, index: number): string => {
    const tone = phase.status === 'failed' ? 'bad' : phase.status === 'fulfilled' ? '' : 'soft';
    return `<tr><td><i class="dot ${phaseClass(index)}"></i>${html(phase.title)} <span class="soft">${html(phase.kind)}</span></td><td class="${tone}">${phase.status ?? 'not ended'}</td><td class="n">${formatCount(phase.tasks.total)}</td><td class="n">${formatCount(phase.cache.hits)}</td><td class="n">${formatCount(phase.cache.misses)}</td><td class="n">${formatDuration(phase.durationMs)}</td><td class="n">${formatDuration(phase.workMs)}</td><td class="n">${formatCount(phase.retries)}</td><td class="n">${formatShort(phase.usage.inputTokens + phase.usage.outputTokens)}</td><td class="n">${formatCost(phase.usage.costUsd)}</td></tr>`;
  };
  return `<table><thead><tr><th>phase</th><th>status</th><th class="n">tasks</th><th class="n">hits</th><th class="n">misses</th><th class="n">time</th><th class="n">work</th><th class="n">retries</th><th class="n">tokens</th><th class="n">cost</th></tr></thead><tbody>${report.phases.map(row).join('')}</tbody></table>`;
}

function criticalPath({ criticalPath: path, durationMs }: RunReport): string {
  if (path.tasks.length === 0) return '<p class="soft">No task was executed.</p>';
  const rows = path.tasks.map(
    (task) =>
      `<tr><td>${html(task.task)}</td><td class="n">${formatDuration(task.endMs - task.startMs)}</td><td class="n">${task.waitMs < 1 ? '' : `${formatDuration(task.waitMs)} waiting`}</td></tr>`,
  );
  return `<p class="soft">${formatDuration(path.workMs)} of work and ${formatDuration(path.waitMs)} of waiting for a worker, of ${formatDuration(durationMs)}: with a worker for every task the run would have taken about ${formatDuration(path.workMs)}.</p><div class="panel"><table class="facts"><tbody>${rows.join('')}</tbody></table></div>`;
}

function saved({ savings, prefetch }: RunReport): string {
  const rows: readonly (readonly [string, string])[] = [
    [
      'the cache',
      `${formatDuration(savings.cacheMs)}${savings.cacheUsd === null || savings.cacheUsd === 0 ? '' : `, ${formatCost(savings.cacheUsd)}`}${savings.cacheUnknown > 0 ? ` (${plural(savings.cacheUnknown, 'hit')} of unknown worth)` : ''}`,
    ],
    ['parallelism', formatDuration(savings.parallelMs)],
    ['speculation', `${formatDuration(savings.speculationMs)} (${prefetch.kept} of ${prefetch.speculated} kept)`],
    ['prefetch', `${prefetch.found} of ${plural(prefetch.keys, 'known key')} found ahead`],
  ];
  return `<div class="panel"><table class="facts"><tbody>${rows.map(([name, text]) => `<tr><td>${name}</td><td>${text}</td></tr>`).join('')}</tbody></table></div>`;
}

function usage({ models, usage: total }: RunReport): string {
  const rows = [
    ...models.map((model) => ({ ...model, name: model.model })),
    ...(models.length === 1 ? [] : [{ ...total, name: 'in all' }]),
  ];
  return `<div class="panel"><table><thead><tr><th>model</th><th class="n">calls</th><th class="n">tokens in</th><th class="n">of them cached</th><th class="n">tokens out</th><th class="n">time</th><th class="n">cost</th></tr></thead><tbody>${rows
    .map(
      (each) =>
        `<tr><td>${html(each.name)}</td><td class="n">${formatCount(each.calls)}</td><td class="n">${formatCount(each.inputTokens)}</td><td class="n">${formatCount(each.cachedInputTokens)}</td><td class="n">${formatCount(each.outputTokens)}</td><td class="n">${formatDuration(each.modelMs)}</td><td class="n">${formatCost(each.costUsd)}</td></tr>`,
    )
    .join('')}</tbody></table></div>`;
}

function retries({ retries: all }: RunReport): string {
  return `<div class="panel"><table class="facts"><tbody>${all.map((retry) => `<tr><td class="n">${formatDuration(retry.atMs)}</td><td>${html(retry.task)}</td><td>attempt ${retry.attempt}</td><td class="text">${html(retry.error.message)}</td><td class="n">again after ${formatDuration(retry.delayMs)}</td></tr>`).join('')}</tbody></table></div>`;
}

function artifacts({ artifacts: all }: RunReport): string {
  return `<div class="panel"><table class="facts"><tbody>${all.map((file) => `<tr><td>${html(file.path)}</td><td class="n">${formatBytes(file.bytes)}</td><td><code class="soft">${html(file.sha256.slice(0, 16))}</code></td></tr>`).join('')}</tbody></table></div>`;
}

function tasks({ tasks: all }: RunReport): string {
  const rows = all.map((task) => {
    const place = task.worker ?? (task.threadId === undefined ? task.lane : `thread ${task.threadId}`);
    return `<tr><td>${html(task.task)}</td><td class="${task.status === 'failed' ? 'bad' : ''}">${task.status}</td><td>${task.source}${task.tier === undefined ? '' : ` (${html(task.tier)})`}</td><td>${html(place)}</td><td class="n">${formatDuration(task.startMs)}</td><td class="n">${formatDuration(task.endMs - task.startMs)}</td><td class="text">${html(task.missReason ?? task.error?.message ?? '')}</td></tr>`;
  });
  return `<details${all.length <= 40 ? ' open' : ''}><summary>${plural(all.length, 'task')}</summary><div class="panel"><table><thead><tr><th>task</th><th>status</th><th>source</th><th>where</th><th class="n">start</th><th class="n">time</th><th>why it was not a hit</th></tr></thead><tbody>${rows.join('')}</tbody></table></div></details>`;
}
