import { execute } from '../run/execute.ts';
import { readRequest } from '../run/request-text.ts';
import { resolveRequest } from '../run/resolve-request.ts';
import type { CommandContext } from './context.ts';

/** `orc [run] <request>`. */
export async function run(context: CommandContext): Promise<number> {
  const config = await context.config();
  const text = await readRequest(context.host, context.words[0]);
  const { pipeline, request, reason } = await resolveRequest(context, text);
  return execute(
    context,
    config,
    async (engine, signal) => {
      if (context.flags.is('verbose') === true)
        context.note(`pipeline ${pipeline.id}: ${reason}; model ${engine.model.id}: ${engine.modelReason}`);
      const run = engine.orchestrator.run(pipeline, request, {
        signal,
        fresh: context.flags.is('fresh') === true,
        cache: context.flags.is('cache') !== false,
      });
      return { request: text, run };
    },
    { pipelines: [pipeline] },
  );
}
