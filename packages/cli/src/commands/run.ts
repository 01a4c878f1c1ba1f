import { execute } from '../run/execute.ts';
import { cleanLine } from '../output/clean.ts';
import { jsonLine } from '../output/log-sink.ts';
import { readRequest } from '../run/request-text.ts';
import { readOptions, readSeed, readWords } from '../run/run-options.ts';
import type { CommandContext } from './context.ts';

/** `orc [run] <request>`. */
export async function run(context: CommandContext): Promise<number> {
  const { flags } = context;
  const config = await context.config();
  const request = await readRequest(context.host, context.words[0]);
  // What can be wrong without the engine is told before anything is shown.
  readSeed(flags);
  readWords(flags);
  readOptions(flags);
  return execute(context, config, {
    request,
    prepare: async () => {
      const { resolveRequest } = await import('../run/resolve-request.ts');
      const resolved = await resolveRequest(context, request);
      return {
        engine: { pipelines: [resolved.pipeline] },
        begin: (engine, signal) => {
          if (flags.is('verbose') === true && flags.is('quiet') !== true) {
            const message = `pipeline ${resolved.pipeline.id}: ${cleanLine(resolved.reason)}; model ${engine.model.id}: ${engine.modelReason}`;
            const record = { level: 'info', at: context.host.now(), elapsedMs: 0, subject: 'run', message } as const;
            const fields = { pipeline: resolved.pipeline.id, model: engine.model.id };
            context.note(
              config.settings['log.format'] === 'json' ? jsonLine({ ...record, event: 'choice', fields }) : message,
            );
          }
          return engine.orchestrator.run(resolved.pipeline, resolved.request, {
            signal,
            fresh: flags.is('fresh') === true,
            cache: flags.is('cache') !== false,
          });
        },
      };
    },
  });
}
