export { choosePipeline, type BuiltInPipelineId, type PipelineChoice } from './auto.ts';
export { builtInPipelines, type BuiltInPipeline } from './built-in.ts';
export { loadPipeline } from './file/load-pipeline.ts';
export { parsePipeline, pipelineFileSchema } from './file/parse-pipeline.ts';
export { PipelineFileError, type FileProblem } from './file/problem.ts';
