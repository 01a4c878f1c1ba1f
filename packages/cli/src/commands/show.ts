import type { SessionStore, TaskRecord } from '@orc/core';

import { didYouMean } from '../args/suggest.ts';
import { showPath } from '../config/paths.ts';
import { findSession, openSessions } from '../engine/sessions.ts';
import { usageError } from '../errors.ts';
import { cleanLine } from '../output/clean.ts';
import { columnsOf } from '../output/columns.ts';
import { hanging } from '../output/fold.ts';
import { formatBytes, formatDuration, plural } from '../output/format.ts';
import type { CommandContext } from './context.ts';
import { jsonText } from '../output/json.ts';

type ReadSession = Awaited<ReturnType<SessionStore['read']>>;

/** `orc show [id] [phase]` and `orc sessions show [id]`. */
export async function show(context: CommandContext): Promise<number> {
  const store = openSessions(await context.config());
  const { id } = await findSession(store, context.words[0]);
  const session = await store.read(id);
  const phase = context.words[1];
  if (phase !== undefined) return showPhase(context, session, phase);
  if (context.flags.is('json') === true) {
    context.print(
      jsonText(
        {
          summary: session.summary,
          plan: session.plan,
          tasks: [...session.records.values()],
          report: session.report ?? null,
        },
        2,
      ),
    );
    return 0;
  }
  overview(context, session);
  return 0;
}

function overview(context: CommandContext, { plan, summary, records }: ReadSession): void {
  const { style, host } = context;
  const status = summary.status === 'succeeded' ? style.good : summary.status === 'failed' ? style.bad : style.warn;
  const columns = columnsOf(host.stdout, Number.POSITIVE_INFINITY);
  const row = (name: string, text: string): void =>
    context.print(hanging(`  ${style.accent(name.padEnd(9))} `, text.replaceAll('\n', ' '), columns));
  context.print('');
  context.print(`  ${style.bold(cleanLine(summary.request))}`);
  context.print('');
  row('session', `${summary.id}  ${status(summary.status)}`);
  row('pipeline', `${plan.pipeline.id} ${plan.pipeline.version} on ${plan.model.id}`);
  row('strategy', `${plan.strategy.name}: ${plan.strategy.reason}`);
  row('started', new Date(summary.createdAt).toISOString());
  row('folder', `${showPath(host, summary.dir)}, ${formatBytes(summary.bytes)}`);
  const phases = new Map<string, TaskRecord[]>();
  for (const record of records.values()) phases.set(record.phase, [...(phases.get(record.phase) ?? []), record]);
  if (phases.size > 0) context.print('');
  const width = Math.max(8, ...[...phases.keys()].map((name) => name.length));
  for (const [name, tasks] of phases) {
    const time = formatDuration(tasks.reduce((sum, task) => sum + task.durationMs, 0)).padStart(9);
    const skipped = tasks.filter((task) => task.status === 'skipped').length;
    const cached = tasks.filter((task) => task.source === 'cache').length;
    const facts = [
      skipped === tasks.length ? style.dim('  skipped') : time,
      skipped > 0 && skipped < tasks.length ? style.dim(`  ${skipped} skipped`) : '',
      cached > 0 ? style.accent(`  ${cached} cached`) : '',
    ];
    context.print(`  ${name.padEnd(width)}  ${plural(tasks.length, 'task').padStart(9)}  ${facts.join('')}`);
  }
  const files = [...records.values()].flatMap((record) => record.artifacts ?? []);
  if (files.length > 0) context.print('');
  for (const file of files)
    context.print(`  ${style.dim(formatBytes(file.bytes).padStart(9))}  ${cleanLine(file.path)}`);
  if (summary.status === 'interrupted' || summary.status === 'cancelled' || summary.status === 'failed') {
    context.print('');
    context.print(`  Go on with: orc resume ${summary.id}`);
  }
  context.print('');
}

/** The output of a phase or of one of its tasks: text as text, anything else as JSON. */
function showPhase(context: CommandContext, { records }: ReadSession, name: string): number {
  const tasks = [...records.values()].filter((record) => record.phase === name || record.task === name);
  if (tasks.length === 0) {
    const names = [...new Set([...records.values()].flatMap((record) => [record.phase, record.task]))];
    throw usageError(
      `the session has no output of \`${name}\``,
      didYouMean(name, names) ||
        `there are ${[...new Set([...records.values()].map((record) => record.phase))].join(', ')}`,
    );
  }
  if (context.flags.is('json') === true) {
    context.print(jsonText(tasks, 2));
    return 0;
  }
  for (const task of tasks) {
    if (tasks.length > 1) context.print(context.style.accent(`── ${task.task}`));
    const text = typeof task.output === 'string' ? task.output : JSON.stringify(task.output, undefined, 2);
    context.printExact(`${text}\n`);
  }
  return 0;
}
