import { openEngine } from '../engine/open.ts';
import { findPipeline } from '../engine/pipelines.ts';
import { exitCodeOf, exitCodes } from '../exit-code.ts';
import { cleanLine } from '../output/clean.ts';
import { errorText } from '../output/describe.ts';
import { formatCost, plural } from '../output/format.ts';
import { Cancellation } from '../run/cancel.ts';
import { resolveRequest } from '../run/resolve-request.ts';
import type { CommandContext } from './context.ts';
import { jsonText } from '../output/json.ts';

/** `orc prefetch <request…>`. */
export async function prefetch(context: CommandContext): Promise<number> {
  const config = await context.config();
  const cancellation = new Cancellation(context.host);
  const named = context.flags.text('pipeline');
  const pipelines = await Promise.all(
    context.words.map(async (text) => (await findPipeline(context.host, named ?? 'auto', text)).pipeline),
  );
  const engine = await openEngine(context, config, { pipelines });
  try {
    const summaries = [];
    for (const text of context.words) {
      const { pipeline, request } = await resolveRequest(context, text);
      const summary = await engine.orchestrator.prefetch(pipeline, [request], { signal: cancellation.signal });
      summaries.push({ request: text, pipeline: pipeline.id, ...summary });
      const [missed] = summary.missed;
      const facts = `${plural(summary.found, 'result')} there, ${summary.made} made${summary.costUsd === 0 ? '' : `, ${formatCost(summary.costUsd)}`}`;
      context.note(
        `${missed === undefined ? context.errorStyle.good('ready ') : context.errorStyle.bad('failed')}  ${cleanLine(text)}  ${context.errorStyle.dim(missed === undefined ? facts : errorText(missed.error))}`,
      );
    }
    if (context.flags.is('json') === true) context.print(jsonText(summaries, 2));
    if (cancellation.exitCode !== undefined) return cancellation.exitCode;
    const [error] = summaries.flatMap(({ missed }) => missed.map((each) => each.error));
    return error === undefined ? exitCodes.ok : exitCodeOf(error.code);
  } catch (error) {
    if (cancellation.exitCode !== undefined) return cancellation.exitCode;
    throw error;
  } finally {
    await engine.close();
    cancellation.close();
  }
}
