/**
 * Many machines: tasks that run where a worker serves them, through Redis and BullMQ.
 *
 * @packageDocumentation
 */
export type { BrokerConnection } from './connection.ts';
export type { RemotePreset, RemoteTimings } from './preset.ts';
export type { RemoteWorkerInfo } from './presence.ts';
export { remoteRunner } from './remote-runner.ts';
export type { RemoteEvent, RemoteRunner, RemoteRunnerOptions } from './remote-options.ts';
export { serve } from './serve.ts';
export type { ServeEvent } from './serve-event.ts';
export type { ServeOptions, TaskServer } from './serve.ts';
