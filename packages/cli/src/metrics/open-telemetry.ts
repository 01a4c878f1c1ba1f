import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader, type IMetricReader } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';

import { CliError } from '../errors.ts';
import { exitCodes } from '../exit-code.ts';
import type { Telemetry, TelemetryWish } from './telemetry.ts';
import { prepareUserFile, writeUserFile } from '../files/user-file.ts';
import { systemReason } from '../system-error.ts';

/** How long the end of a run waits for a receiver, in milliseconds. */
const patienceMs = 2000;

/** Who sends the metrics. */
export interface TelemetrySource {
  /** The service's name. */
  readonly serviceName: string;
  /** The version of this package. */
  readonly version: string;
  /** Says what could not be sent or written. */
  readonly warn: (message: string) => void;
}

/**
 * Starts the OpenTelemetry SDK with the exporters that are wanted.
 *
 * @throws ERR_CLI_OUTPUT when the port is taken or the file can't be written.
 */
export async function openTelemetry(wish: TelemetryWish, source: TelemetrySource): Promise<Telemetry> {
  if (wish.file !== '') prepareTextfile(wish.file);
  const resource = resourceFromAttributes({ 'service.name': source.serviceName, 'service.version': source.version });
  const readers: IMetricReader[] = [];
  const scrape =
    wish.port === 0
      ? undefined
      : new PrometheusExporter({ host: '127.0.0.1', port: wish.port, preventServerStart: true });
  if (scrape !== undefined) {
    readers.push(scrape);
    try {
      await scrape.startServer();
    } catch (error) {
      throw new CliError('ERR_CLI_OUTPUT', `the metrics port ${wish.port} cannot be opened: ${systemReason(error)}`, {
        exitCode: exitCodes.usage,
        cause: error,
      });
    }
  }
  const file = wish.file === '' ? undefined : new PrometheusExporter({ preventServerStart: true });
  if (file !== undefined) readers.push(file);
  if (wish.otlpMetrics)
    readers.push(
      new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter(), exportIntervalMillis: 10_000 }),
    );
  const meters = new MeterProvider({ resource, readers });
  const tracers = wish.otlpTraces
    ? new BasicTracerProvider({ resource, spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())] })
    : undefined;
  return {
    meter: meters.getMeter('orc', source.version),
    tracer: tracers?.getTracer('orc', source.version),
    async close() {
      if (file !== undefined) await writeTextfile(file, wish.file, source.warn);
      // `shutdown` sends what is left. The exporters try again for ten seconds when nobody listens; a run's end doesn't wait for that.
      const sent = Promise.allSettled([meters.shutdown(), tracers?.shutdown()]).then((outcomes) =>
        outcomes.every(({ status }) => status === 'fulfilled'),
      );
      const late = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), patienceMs).unref());
      if (!(await Promise.race([sent, late]))) source.warn('metrics or spans could not be sent to the OTLP receiver');
    },
  };
}

/** Finds out before the run, not after it, that the file can't be written. */
function prepareTextfile(path: string): void {
  try {
    prepareUserFile(path);
  } catch (error) {
    throw new CliError('ERR_CLI_OUTPUT', `the metrics file ${path} cannot be written: ${systemReason(error)}`, {
      exitCode: exitCodes.usage,
      cause: error,
    });
  }
}

/** The textfile collector reads whole files only. It may be another user's: who gives the file a mode of its own keeps it. */
async function writeTextfile(
  exporter: PrometheusExporter,
  path: string,
  warn: (message: string) => void,
): Promise<void> {
  const { resourceMetrics } = await exporter.collect();
  try {
    writeUserFile(path, new PrometheusSerializer().serialize(resourceMetrics));
  } catch (error) {
    warn(`the metrics file ${path} cannot be written: ${systemReason(error)}`);
  }
}
