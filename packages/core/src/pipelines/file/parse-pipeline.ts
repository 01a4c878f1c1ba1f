import type { JsonSchema } from '../../ai/model-client.ts';
import type { Pipeline } from '../../pipeline/define-pipeline.ts';

/**
 * Makes a pipeline from the text of a YAML file. Such a file can't run code, and can't read anything but the files that its `read` phases name.
 *
 * @param text - The YAML.
 * @param file - The name that errors show. @defaultValue `pipeline.yaml`
 * @throws {@link PipelineFileError} (`ERR_ORC_PIPELINE_FILE`) with every problem's line and column.
 */
export async function parsePipeline(text: string, file?: string): Promise<Pipeline> {
  // The YAML parser and the schema are read on first use: most runs never need them.
  const { pipelineFromYaml } = await import('./pipeline-from-yaml.ts');
  return pipelineFromYaml(text, file);
}

/** The JSON Schema of pipeline files, for editors. */
export async function pipelineFileSchema(): Promise<JsonSchema> {
  const { documentJsonSchema } = await import('./document-schema.ts');
  return documentJsonSchema();
}
