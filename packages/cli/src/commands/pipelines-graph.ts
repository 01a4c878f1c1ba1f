import { findPipeline } from '../engine/pipelines.ts';
import { dot, drawRows, mermaid, nearestNeeds } from '../output/graph.ts';
import type { CommandContext } from './context.ts';

/** `orc pipelines graph <name|file>`. */
export async function pipelinesGraph(context: CommandContext): Promise<number> {
  const { style, flags } = context;
  const { pipeline } = await findPipeline(context.host, context.words[0] ?? '', '');
  const diagram = flags.text('diagram') ?? 'tree';
  if (diagram === 'mermaid') context.print(mermaid(pipeline.phases));
  else if (diagram === 'dot') context.print(dot(pipeline.phases));
  else {
    const kinds = new Map(pipeline.phases.map((phase) => [phase.id, phase.kind]));
    const nearest = nearestNeeds(pipeline.phases);
    const width = Math.max(...pipeline.phases.map(({ id }) => id.length));
    for (const line of drawRows(pipeline.phases, ({ id, fanOut }) => {
      const waitsFor = nearest.get(id) ?? [];
      const facts = [
        `${kinds.get(id) ?? ''}${fanOut ? ' × items' : ''}`,
        waitsFor.length > 0 ? `after ${waitsFor.join(', ')}` : '',
      ];
      return `${id.padEnd(width)}  ${style.dim(facts.filter((fact) => fact !== '').join('  '))}`;
    }))
      context.print(line);
  }
  return 0;
}
