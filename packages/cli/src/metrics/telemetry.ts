import type { Meter, Tracer } from '@opentelemetry/api';

import type { CommandContext } from '../commands/context.ts';
import type { Config } from '../config/load.ts';

/** Where a run's metrics and spans go. */
export interface Telemetry {
  /** Makes the instruments. */
  readonly meter: Meter;
  /** Makes the spans; `undefined` when nobody takes them. */
  readonly tracer: Tracer | undefined;
  /** Sends and writes what is left, then closes everything. */
  close(): Promise<void>;
}

/** What the configuration and the standard variables ask for. */
export interface TelemetryWish {
  /** The port of the Prometheus endpoint; 0 = none. */
  readonly port: number;
  /** The file for the textfile collector; empty = none. */
  readonly file: string;
  /** Whether metrics go out by OTLP. */
  readonly otlpMetrics: boolean;
  /** Whether spans go out by OTLP. */
  readonly otlpTraces: boolean;
}

/** What is wanted of a call. */
function telemetryWish(config: Config): TelemetryWish {
  const { env, settings } = config;
  const on = env['OTEL_SDK_DISABLED']?.toLowerCase() !== 'true';
  const set = (name: string): boolean => (env[name] ?? '') !== '';
  const wants = (signal: 'METRICS' | 'TRACES'): boolean =>
    on &&
    env[`OTEL_${signal}_EXPORTER`] !== 'none' &&
    (set('OTEL_EXPORTER_OTLP_ENDPOINT') || set(`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`));
  return {
    port: settings['metrics.port'],
    file: settings['metrics.file'],
    otlpMetrics: wants('METRICS'),
    otlpTraces: wants('TRACES'),
  };
}

/** Starts what is wanted; `undefined` when nothing is, and then nothing is loaded either. */
export async function startTelemetry(context: CommandContext, config: Config): Promise<Telemetry | undefined> {
  const wish = telemetryWish(config);
  if (wish.port === 0 && wish.file === '' && !wish.otlpMetrics && !wish.otlpTraces) return undefined;
  const { openTelemetry } = await import('./open-telemetry.ts');
  return openTelemetry(wish, {
    serviceName: config.env['OTEL_SERVICE_NAME'] || 'orc',
    version: context.version,
    warn: (message) => context.note(`${context.errorStyle.warn('warning:')} ${message}`),
  });
}
