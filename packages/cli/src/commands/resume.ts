import { foreignUses, type ForeignUse, type SessionSummary } from '@orc/core';

import { findSession, openSessions, sessionError } from '../engine/sessions.ts';
import { pipelineOfSession } from '../engine/pipelines.ts';
import { cleanLine } from '../output/clean.ts';
import { agreeToSession } from '../run/agree-to-session.ts';
import { execute } from '../run/execute.ts';
import type { CommandContext } from './context.ts';

/** `orc resume [id]`, also `-resume ID [request]`. */
export async function resume(context: CommandContext): Promise<number> {
  const config = await context.config();
  const store = openSessions(config);
  const summary = await findSession(store, context.words[0]);
  const { plan, foreign } = await store.read(summary.id);
  const stored = plan.request['text'];
  const request = typeof stored === 'string' ? stored : summary.request;
  const asked = context.words[1];
  if (asked !== undefined && asked.trim() !== request.trim()) {
    throw sessionError(
      `the session ${summary.id} is about another request: "${cleanLine(request).slice(0, 80)}"`,
      'leave the request out, or start a new session with it',
    );
  }
  const pipeline = await pipelineOfSession(context.host, plan.pipeline, context.flags.text('pipeline'));
  if (pipeline === undefined) {
    throw sessionError(
      `the pipeline \`${plan.pipeline.id}\` of session ${summary.id} is neither built in nor in the session`,
      `orc resume ${summary.id} --pipeline FILE`,
    );
  }
  const uses = foreign ? foreignUses(plan, pipeline) : [];
  await agreeToSession(context, summary.id, uses);
  if (summary.status === 'unknown') context.note(watching(summary));
  if (summary.status === 'succeeded') context.note(`session ${summary.id} is done; its result follows`);
  return execute(context, config, {
    request,
    prepare: () =>
      Promise.resolve({
        engine: { model: plan.model.id === '' ? undefined : plan.model.id, pipelines: [pipeline] },
        begin: (engine, signal) =>
          engine.orchestrator.resume(summary.id, {
            pipelines: (id) => (pipeline.id === id ? pipeline : undefined),
            signal,
            // What was not shown was not agreed to.
            trustForeign:
              context.flags.is('trust-session') === true || ((found) => found.every((use) => isIn(uses, use))),
          }),
      }),
  });
}

function isIn(uses: readonly ForeignUse[], { what, value }: ForeignUse): boolean {
  return uses.some((use) => use.what === what && use.value === value);
}

/** Nobody can ask a process of another machine whether it lives; half a minute without a sign of life says that it does not. */
function watching({ id, heldBy }: SessionSummary): string {
  const holder = heldBy === undefined ? 'something' : `process ${heldBy.pid} on ${cleanLine(heldBy.host)}`;
  return `${holder} holds or held session ${id}; looking for up to 30 s whether it is alive`;
}
