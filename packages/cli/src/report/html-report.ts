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
import { markup, rawHtml, type Html, type HtmlPart } from './html.ts';
import { phaseClass, reportStyle } from './palette.ts';
import { phaseGraphSvg } from './phase-graph.ts';
import { timelineSvg, utilisationSvg } from './timeline.ts';

/** One self-contained HTML file: no script, nothing from elsewhere, light and dark. */
export function htmlReport(report: RunReport): string {
  const sections: readonly HtmlPart[] = [
    header(report),
    cards(report),
    section(
      'Timeline',
      markup`<div class="panel">${timelineSvg(report)}${utilisationSvg(report)}${legend(report)}</div>`,
    ),
    section('Graph', markup`<div class="panel">${phaseGraphSvg(report)}</div>`),
    section('Phases', markup`<div class="panel">${phaseTable(report)}</div>`),
    section('Critical path', criticalPath(report)),
    section('Saved', saved(report)),
    section('Tokens and cost', usage(report)),
    report.retries.length === 0 ? '' : section('Retries', retries(report)),
    report.degradations.length === 0
      ? ''
      : section(
          'Went without',
          markup`<ul>${report.degradations.map(({ message }) => markup`<li class="warn">${message}</li>`)}</ul>`,
        ),
    report.artifacts.length === 0 ? '' : section('Files', artifacts(report)),
    section('Tasks', tasks(report)),
  ];
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'">
<title>${report.request.slice(0, 80)} · orc</title>
<style>${rawHtml(reportStyle)}</style>
</head>
<body>
${sections}
</body>
</html>
`.toString();
}

function section(title: string, body: HtmlPart): Html {
  return markup`<section><h2>${title}</h2>${body}</section>`;
}

function header(report: RunReport): Html {
  const tone = report.status === 'succeeded' ? 'good' : report.status === 'failed' ? 'bad' : 'warn';
  const facts = [
    report.pipeline.id,
    report.model === '' ? 'no model' : report.model,
    `seed ${report.seed}`,
    new Date(report.startedAt).toISOString().replace('T', ' ').slice(0, 19),
  ];
  return markup`<header><h1>${report.request}</h1>
<p><span class="${tone}">${report.status}</span> <span class="soft">· ${facts.join(' · ')} · <code>${report.sessionId}</code></span></p>
<p class="soft">${report.strategy.name}, ${plural(report.strategy.workers, 'worker')}: ${report.strategy.reason}${report.resumed ? `; resumed, ${plural(report.restored, 'task')} done before` : ''}</p>
${report.error === undefined ? '' : markup`<p class="bad">${report.error.task ?? report.error.phase ?? ''} ${report.error.message} <code>${report.error.code}</code></p>`}</header>`;
}

function cards(report: RunReport): Html {
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
  return markup`<div class="cards">${all.map(([value, name]) => markup`<div class="card"><b>${value}</b><span>${name}</span></div>`)}</div>`;
}

function legend(report: RunReport): Html {
  const entries = report.phases.map(
    (phase, index) => markup`<span><i class="dot ${phaseClass(index)}"></i>${phase.title}</span>`,
  );
  return markup`<div class="legend">${entries}<span>pale with ↺: from the cache</span><span>framed: on the critical path</span></div>`;
}

function phaseTable(report: RunReport): Html {
  const row = (phase: PhaseReport, index: number): Html => {
    const tone = phase.status === 'failed' ? 'bad' : phase.status === 'fulfilled' ? '' : 'soft';
    return markup`<tr><td><i class="dot ${phaseClass(index)}"></i>${phase.title} <span class="soft">${phase.kind}</span></td><td class="${tone}">${phase.status ?? 'not ended'}</td><td class="n">${formatCount(phase.tasks.total)}</td><td class="n">${formatCount(phase.cache.hits)}</td><td class="n">${formatCount(phase.cache.misses)}</td><td class="n">${formatDuration(phase.durationMs)}</td><td class="n">${formatDuration(phase.workMs)}</td><td class="n">${formatCount(phase.retries)}</td><td class="n">${formatShort(phase.usage.inputTokens + phase.usage.outputTokens)}</td><td class="n">${formatCost(phase.usage.costUsd)}</td></tr>`;
  };
  return markup`<table><thead><tr><th>phase</th><th>status</th><th class="n">tasks</th><th class="n">hits</th><th class="n">misses</th><th class="n">time</th><th class="n">work</th><th class="n">retries</th><th class="n">tokens</th><th class="n">cost</th></tr></thead><tbody>${report.phases.map(row)}</tbody></table>`;
}

function criticalPath({ criticalPath: path, durationMs }: RunReport): Html {
  if (path.tasks.length === 0) return markup`<p class="soft">No task was executed.</p>`;
  const rows = path.tasks.map(
    (task) =>
      markup`<tr><td>${task.task}</td><td class="n">${formatDuration(task.endMs - task.startMs)}</td><td class="n">${task.waitMs < 1 ? '' : `${formatDuration(task.waitMs)} waiting`}</td></tr>`,
  );
  return markup`<p class="soft">${formatDuration(path.workMs)} of work and ${formatDuration(path.waitMs)} of waiting for a worker, of ${formatDuration(durationMs)}: with a worker for every task the run would have taken about ${formatDuration(path.workMs)}.</p><div class="panel"><table class="facts"><tbody>${rows}</tbody></table></div>`;
}

function saved({ savings, prefetch }: RunReport): Html {
  const rows: readonly (readonly [string, string])[] = [
    [
      'the cache',
      `${formatDuration(savings.cacheMs)}${savings.cacheUsd === null || savings.cacheUsd === 0 ? '' : `, ${formatCost(savings.cacheUsd)}`}${savings.cacheUnknown > 0 ? ` (${plural(savings.cacheUnknown, 'hit')} of unknown worth)` : ''}`,
    ],
    ['parallelism', formatDuration(savings.parallelMs)],
    ['speculation', `${formatDuration(savings.speculationMs)} (${prefetch.kept} of ${prefetch.speculated} kept)`],
    ['prefetch', `${prefetch.found} of ${plural(prefetch.keys, 'known key')} found ahead`],
  ];
  return markup`<div class="panel"><table class="facts"><tbody>${rows.map(([name, text]) => markup`<tr><td>${name}</td><td>${text}</td></tr>`)}</tbody></table></div>`;
}

function usage({ models, usage: total }: RunReport): Html {
  const rows = [
    ...models.map((model) => ({ ...model, name: model.model })),
    ...(models.length === 1 ? [] : [{ ...total, name: 'in all' }]),
  ];
  return markup`<div class="panel"><table><thead><tr><th>model</th><th class="n">calls</th><th class="n">tokens in</th><th class="n">of them cached</th><th class="n">tokens out</th><th class="n">time</th><th class="n">cost</th></tr></thead><tbody>${rows.map(
    (each) =>
      markup`<tr><td>${each.name}</td><td class="n">${formatCount(each.calls)}</td><td class="n">${formatCount(each.inputTokens)}</td><td class="n">${formatCount(each.cachedInputTokens)}</td><td class="n">${formatCount(each.outputTokens)}</td><td class="n">${formatDuration(each.modelMs)}</td><td class="n">${formatCost(each.costUsd)}</td></tr>`,
  )}</tbody></table></div>`;
}

function retries({ retries: all }: RunReport): Html {
  return markup`<div class="panel"><table class="facts"><tbody>${all.map((retry) => markup`<tr><td class="n">${formatDuration(retry.atMs)}</td><td>${retry.task}</td><td>attempt ${retry.attempt}</td><td class="text">${retry.error.message}</td><td class="n">again after ${formatDuration(retry.delayMs)}</td></tr>`)}</tbody></table></div>`;
}

function artifacts({ artifacts: all }: RunReport): Html {
  return markup`<div class="panel"><table class="facts"><tbody>${all.map((file) => markup`<tr><td>${file.path}</td><td class="n">${formatBytes(file.bytes)}</td><td><code class="soft">${file.sha256.slice(0, 16)}</code></td></tr>`)}</tbody></table></div>`;
}

function tasks({ tasks: all }: RunReport): Html {
  const rows = all.map((task) => {
    const place = task.worker ?? (task.threadId === undefined ? task.lane : `thread ${task.threadId}`);
    return markup`<tr><td>${task.task}</td><td class="${task.status === 'failed' ? 'bad' : ''}">${task.status}</td><td>${task.source}${task.tier === undefined ? '' : ` (${task.tier})`}</td><td>${place}</td><td class="n">${formatDuration(task.startMs)}</td><td class="n">${formatDuration(task.endMs - task.startMs)}</td><td class="text">${task.missReason ?? task.error?.message ?? ''}</td></tr>`;
  });
  return markup`<details${all.length <= 40 ? ' open' : ''}><summary>${plural(all.length, 'task')}</summary><div class="panel"><table><thead><tr><th>task</th><th>status</th><th>source</th><th>where</th><th class="n">start</th><th class="n">time</th><th>why it was not a hit</th></tr></thead><tbody>${rows}</tbody></table></div></details>`;
}
