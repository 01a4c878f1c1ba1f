import { findPipeline, isPipelineFile } from '../engine/pipelines.ts';
import { usageError } from '../errors.ts';
import { cleanLine } from '../output/clean.ts';
import { plural } from '../output/format.ts';
import type { CommandContext } from './context.ts';

/** `orc pipelines validate <file>`. */
export async function pipelinesValidate(context: CommandContext): Promise<number> {
  const [name = ''] = context.words;
  if (!isPipelineFile(name)) throw usageError(`expected a file that ends in .yaml, .yml, .mjs or .js, got \`${name}\``);
  const { pipeline } = await findPipeline(context.host, name, '');
  context.print(
    `${name} is valid: ${pipeline.id} ${cleanLine(pipeline.version)}, ${plural(pipeline.phases.length, 'phase')}`,
  );
  return 0;
}
