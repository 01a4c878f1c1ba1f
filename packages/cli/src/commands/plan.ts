import type { Plan, PlannedPhase } from '@orc/core';
import stringWidth from 'string-width';

import { openEngine } from '../engine/open.ts';
import { cleanLine } from '../output/clean.ts';
import { columnsOf } from '../output/columns.ts';
import { formatCost, formatCount, formatDuration, formatShort, plural } from '../output/format.ts';
import { drawRows } from '../output/graph.ts';
import type { Style } from '../output/style.ts';
import { cutWidth, labelled } from '../output/fold.ts';
import { readRequest } from '../run/request-text.ts';
import { resolveRequest } from '../run/resolve-request.ts';
import type { CommandContext } from './context.ts';
import { jsonText } from '../output/json.ts';

/** `orc plan <request>`, also `--dry-run`. */
export async function plan(context: CommandContext): Promise<number> {
  const config = await context.config();
  const text = await readRequest(context.host, context.words[0]);
  const { pipeline, request, reason } = await resolveRequest(context, text);
  const engine = await openEngine(context, config, { telemetry: false, pipelines: [pipeline] });
  try {
    const planned = await engine.orchestrator.plan(pipeline, request, {
      fresh: context.flags.is('fresh') === true,
      cache: context.flags.is('cache') !== false,
    });
    if (context.flags.is('json') === true || context.flags.text('output-format') === 'json') {
      context.print(jsonText({ schema: 'orc.plan-preview/1', ...planned, reason }, 2));
    } else {
      context.print(
        planText(planned, {
          style: context.style,
          columns: columnsOf(context.host.stdout, Number.POSITIVE_INFINITY),
          pipelineReason: reason,
          modelReason: engine.modelReason,
        }),
      );
    }
    return 0;
  } finally {
    await engine.close();
  }
}

/** A plan for people. */
export function planText(
  planned: Plan,
  options: {
    readonly style: Style;
    readonly columns: number;
    readonly pipelineReason: string;
    readonly modelReason: string;
  },
): string {
  const { style } = options;
  const { totals, strategy } = planned;
  const row = (name: string, text: string, aside?: string): string => {
    const label = style.accent(name.padEnd(9));
    // What is said beside it is dim; folded, it stands below.
    const beside = aside === undefined || aside === '' ? '' : `  ${aside}`;
    if (15 + stringWidth(text + beside) <= options.columns) return `  ${label} ${text}${style.dim(beside)}`;
    const layout = { label: 9, columns: options.columns };
    const below = beside === '' ? [] : labelled(' '.repeat(9), beside.trim(), { ...layout, paint: style.dim });
    return [...labelled(label, text, layout), ...below].join('\n');
  };
  const width = Math.max(8, ...planned.phases.map(({ id }) => id.length));
  const byId = new Map(planned.phases.map((phase) => [phase.id, phase]));
  const graph = drawRows(planned.phases, ({ id }) => phaseText(byId.get(id), width, options.columns, style));
  const cost = totals.costUsd === undefined ? '' : `, ${formatCost(totals.costUsd)}`;
  const seen = planned.phases.reduce(
    (sum, { cache, expected }) => sum + (cache === 'hit' ? 0 : (expected.tokens ?? 0)),
    0,
  );
  const tokens =
    totals.tokens !== undefined
      ? `, ${formatShort(totals.tokens)} tokens`
      : seen > 0
        ? `, at least ${formatShort(seen)} tokens`
        : '';
  return [
    '',
    `  ${style.bold(cleanLine(planned.request.text))}`,
    '',
    row('pipeline', cleanLine(`${planned.pipeline.id} ${planned.pipeline.version}`), cleanLine(options.pipelineReason)),
    row('model', planned.model === '' ? 'none' : cleanLine(planned.model), options.modelReason),
    row('strategy', `${strategy.name}, ${plural(strategy.workers, 'worker')}`, strategy.reason),
    '',
    ...graph.map((line) => `  ${line}`),
    '',
    row(
      'cache',
      totals.misses + totals.unknown === 0
        ? `all ${plural(totals.hits, 'phase')} hit`
        : [
            plural(totals.hits, 'hit'),
            plural(totals.misses, 'miss', 'misses'),
            ...(totals.unknown > 0 ? [`${totals.unknown} not known before their inputs are`] : []),
          ].join(', '),
    ),
    row(
      'expected',
      totals.tasks === 0
        ? 'nothing is executed'
        : `${plural(totals.tasks, 'task')}, ${plural(totals.calls, 'model call')}${tokens}${cost}`,
    ),
    row('time', expectedTime(planned)),
    '',
  ].join('\n');
}

function expectedTime({ totals, phases }: Plan): string {
  if (totals.tasks === 0) return 'that of reading the cache';
  if (totals.ms !== undefined) {
    const critical = totals.criticalMs;
    const most = critical === undefined ? '' : `, ${formatDuration(critical)} with a worker for every task`;
    return `${formatDuration(totals.ms)} of work${most}`;
  }
  const executed = phases.filter(({ cache }) => cache !== 'hit');
  const known = executed.filter(({ expected }) => expected.ms !== undefined);
  if (known.length === 0) return 'not known before the first run';
  const sum = known.reduce((all, { expected }) => all + (expected.ms ?? 0), 0);
  const unseen = executed.filter(({ expected }) => expected.ms === undefined).map(({ id }) => id);
  return `${formatDuration(sum)} of work, without ${unseen.join(', ')}, which never ran yet`;
}

function phaseText(phase: PlannedPhase | undefined, width: number, columns: number, style: Style): string {
  if (phase === undefined) return '';
  const paint = phase.cache === 'hit' ? style.good : phase.cache === 'miss' ? style.warn : style.dim;
  const { expected, known } = phase;
  const tasks = phase.fanOut
    ? ` ${known.tasks > 0 ? `${known.hits}/${known.tasks}` : `about ${formatCount(expected.tasks)}`}`
    : '';
  const what = phase.cache === 'hit' ? `hit${phase.tier === undefined ? '' : ` (${phase.tier})`}` : phase.cache;
  const time = phase.cache === 'hit' || expected.ms === undefined ? '' : `, about ${formatDuration(expected.ms)}`;
  const state = `${what}${tasks}`.padEnd(18);
  // That a hit is in its tier is said already.
  if (phase.cache === 'hit' && phase.tier !== undefined) return `${phase.id.padEnd(width)}  ${paint(state.trimEnd())}`;
  const room = columns - width - state.length - 9;
  // A stump of a reason tells nothing; `orc cache explain` has it whole.
  if (room < 12) return `${phase.id.padEnd(width)}  ${paint(state.trimEnd())}`;
  const why = cutWidth(cleanLine(`${phase.reason}${time}`), room);
  return `${phase.id.padEnd(width)}  ${paint(state)}  ${style.dim(why)}`;
}
