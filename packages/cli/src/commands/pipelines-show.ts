import { findPipeline, optionsOf } from '../engine/pipelines.ts';
import { cleanLine } from '../output/clean.ts';
import { columnsOf } from '../output/columns.ts';
import { hanging } from '../output/fold.ts';
import type { CommandContext } from './context.ts';
import { jsonText } from '../output/json.ts';

/** `orc pipelines show <name|file>`. */
export async function pipelinesShow(context: CommandContext): Promise<number> {
  const { style, host } = context;
  const { pipeline } = await findPipeline(host, context.words[0] ?? '', '');
  const phases = pipeline.phases.map((phase) => ({
    id: phase.id,
    title: phase.title,
    kind: phase.kind,
    needs: phase.needs,
    fanOut: phase.fanOut,
    conditional: phase.conditional,
  }));
  const options = optionsOf(pipeline);
  if (context.flags.is('json') === true) {
    context.print(
      jsonText(
        {
          id: pipeline.id,
          version: pipeline.version,
          description: pipeline.description,
          digest: pipeline.digest,
          options,
          phases,
        },
        2,
      ),
    );
    return 0;
  }
  context.print(
    `${style.bold(pipeline.id)} ${cleanLine(pipeline.version)}  ${style.dim(pipeline.digest.slice(0, 12))}`,
  );
  const columns = columnsOf(context.host.stdout, Number.POSITIVE_INFINITY);
  context.print(hanging('', pipeline.description.trimEnd(), columns));
  if (options.length > 0)
    context.print(`options: ${cleanLine(options.join(', '))} ${style.dim('(--option NAME=VALUE)')}`);
  context.print('');
  const width = Math.max(...phases.map(({ id }) => id.length));
  for (const phase of phases) {
    const marks = [phase.fanOut ? 'one task for each item' : '', phase.conditional ? 'only when needed' : '']
      .filter((mark) => mark !== '')
      .join(', ');
    const needs = phase.needs.length === 0 ? '' : `needs ${phase.needs.join(', ')}`;
    const facts = [needs, marks].filter((part) => part !== '').join('; ');
    const head = `  ${phase.id.padEnd(width)}  ${style.accent(phase.kind.padEnd(7))}`;
    context.print(facts === '' ? head.trimEnd() : hanging(`${head}  `, facts, columns, style.dim));
  }
  return 0;
}
