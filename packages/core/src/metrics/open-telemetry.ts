import { createRequire } from 'node:module';

/** The OpenTelemetry API. */
export type OpenTelemetry = typeof import('@opentelemetry/api');

/** Loads the OpenTelemetry API at its first use: a program that makes no spans starts without its 51 modules. */
export function openTelemetry(): OpenTelemetry {
  // `require` because an observer is made at once; the API's state is one for the process, however it is loaded.
  return createRequire(import.meta.url)('@opentelemetry/api') as OpenTelemetry;
}
