import { builtInPipelines } from '@orc/core/pipelines';

import { columnsOf } from '../output/columns.ts';
import { hanging } from '../output/fold.ts';
import type { CommandContext } from './context.ts';
import { jsonText } from '../output/json.ts';

/** `orc pipelines list`. */
export async function pipelinesList(context: CommandContext): Promise<number> {
  if (context.flags.is('json') === true) {
    const all = [];
    for (const builtIn of builtInPipelines) {
      const { id, description } = builtIn;
      const pipeline = await builtIn.load();
      all.push({
        id,
        description,
        version: pipeline.version,
        digest: pipeline.digest,
        phases: pipeline.phases.map((phase) => phase.id),
      });
    }
    context.print(jsonText(all, 2));
    return 0;
  }
  const columns = columnsOf(context.host.stdout, Number.POSITIVE_INFINITY);
  for (const { id, description } of builtInPipelines)
    context.print(hanging(`${context.style.bold(id.padEnd(10))} `, description, columns));
  context.note(
    hanging(
      '',
      'Without --pipeline the request decides; a YAML file or a module is named by its path.',
      columnsOf(context.host.stderr, Number.POSITIVE_INFINITY),
      context.errorStyle.dim,
    ),
  );
  return 0;
}
