import type { PlannedPhase } from '@orc/core';

import { didYouMean } from '../args/suggest.ts';
import { openEngine } from '../engine/open.ts';
import { usageError } from '../errors.ts';
import { cleanLine } from '../output/clean.ts';
import { columnsOf } from '../output/columns.ts';
import { hanging } from '../output/fold.ts';
import { readRequest } from '../run/request-text.ts';
import { resolveRequest } from '../run/resolve-request.ts';
import type { CommandContext } from './context.ts';
import { jsonText } from '../output/json.ts';

/** `orc cache explain <request> [phase]`. */
export async function cacheExplain(context: CommandContext): Promise<number> {
  const config = await context.config();
  const text = await readRequest(context.host, context.words[0]);
  const { pipeline, request } = await resolveRequest(context, text);
  const wanted = context.words[1];
  if (wanted !== undefined && !pipeline.phases.some(({ id }) => id === wanted)) {
    const ids = pipeline.phases.map(({ id }) => id);
    throw usageError(
      `the pipeline ${pipeline.id} has no phase \`${wanted}\``,
      didYouMean(wanted, ids) || `there are ${ids.join(', ')}`,
    );
  }
  const engine = await openEngine(context, config, { telemetry: false, pipelines: [pipeline] });
  try {
    const { phases } = await engine.orchestrator.plan(pipeline, request, {
      fresh: context.flags.is('fresh') === true,
      cache: context.flags.is('cache') !== false,
    });
    const shown = phases.filter(({ id }) => wanted === undefined || id === wanted);
    if (context.flags.is('json') === true) context.print(jsonText(shown, 2));
    else for (const phase of shown) explain(context, phase);
    return 0;
  } finally {
    await engine.close();
  }
}

function explain({ host, style, print }: CommandContext, phase: PlannedPhase): void {
  const columns = columnsOf(host.stdout, Number.POSITIVE_INFINITY);
  const paint = phase.cache === 'hit' ? style.good : phase.cache === 'miss' ? style.warn : style.dim;
  print(hanging(`${style.bold(phase.id)}  ${paint(phase.cache)}  `, cleanLine(phase.reason), columns));
  for (const { part, before, now } of phase.differences) {
    print(`    ${style.accent(part)}`);
    print(`      before  ${before === undefined ? style.dim('(not part of the key)') : partText(before)}`);
    print(`      now     ${now === undefined ? style.dim('(not part of the key any more)') : partText(now)}`);
  }
}

/** Long parts are kept as the start of their digest: the cache does not hold what was asked. */
function partText(value: string): string {
  return /^[0-9a-f]{16}$/.test(value) ? `digest ${value}` : cleanLine(value);
}
