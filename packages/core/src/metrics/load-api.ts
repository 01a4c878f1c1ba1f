import { createRequire } from 'node:module';

import type * as api from '@opentelemetry/api';

/** The OpenTelemetry API. */
// oxlint-disable-next-line typescript/consistent-type-imports -- the type of the module itself, which is loaded on first use
export type OpenTelemetry = typeof api;

/** Loads the OpenTelemetry API at its first use: a program that makes no spans starts without its 51 modules. */
export function openTelemetry(): OpenTelemetry {
  // `require` because an observer is made at once; the API's state is one for the process, however it is loaded.
  return createRequire(import.meta.url)('@opentelemetry/api') as OpenTelemetry;
}
