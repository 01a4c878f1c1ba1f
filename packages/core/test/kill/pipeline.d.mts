import type * as core from '../../src/index.ts';
import type { ModelClient, Pipeline, PipelineRequest } from '../../src/index.ts';

/** The pipeline that the kill harness runs. */
export declare function killPipeline(module: typeof core, logFile: string, pace: number): Pipeline;

/** The request of every run. */
export declare const killRequest: PipelineRequest;

/** A model that answers with a function of what it is asked. */
export declare function echoModel(pace: number): ModelClient;
