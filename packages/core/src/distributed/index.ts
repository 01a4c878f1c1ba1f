/**
 * Phases on many machines: the coordinator's side and the workers' side, through Redis.
 *
 * @packageDocumentation
 */
export { distributedPhaseRunner } from './distributed-phase-runner.ts';
export type { DistributedOptions } from './distributed-phase-runner.ts';
export { servePipelines } from './serve-pipelines.ts';
export type { PipelineServer, ServePipelinesOptions } from './serve-pipelines.ts';
