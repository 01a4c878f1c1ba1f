import type { Meter, Tracer } from '@opentelemetry/api';

import type { RunObserver } from '../run/run-observer.ts';
import { createInstruments } from './instruments.ts';
import { openTelemetry } from './load-api.ts';
import { RunMeter } from './run-meter.ts';
import { RunTracer } from './run-tracer.ts';

/** Where measurements and spans go. */
export interface MetricsObserverOptions {
  /** Makes the instruments. @defaultValue no metrics */
  readonly meter?: Meter | undefined;
  /** Makes the spans. @defaultValue no spans */
  readonly tracer?: Tracer | undefined;
}

/**
 * Feeds the events of runs to OpenTelemetry: instruments of `meter`, and spans run → phase → model call of `tracer`. It knows the API alone;
 * the SDK, and where the data goes, is the program's.
 */
export function metricsObserver(options: MetricsObserverOptions): RunObserver {
  const { meter, tracer } = options;
  const api = tracer === undefined ? undefined : openTelemetry();
  const instruments = meter === undefined ? undefined : createInstruments(meter);
  let active = 0;
  return {
    observe({ sessionId }) {
      const metered = instruments === undefined ? undefined : new RunMeter(instruments);
      const traced =
        tracer === undefined || api === undefined
          ? undefined
          : new RunTracer(api, tracer, api.context.active(), sessionId);
      return (event) => {
        metered?.add(event);
        traced?.add(event);
        if (event.type === 'run-start') active += 1;
        if (event.type !== 'run-end') return;
        active -= 1;
        if (active > 0) return;
        // The last sample was taken while something ran; nothing does any more.
        instruments?.queueDepth.record(0);
        instruments?.poolUtilization.record(0);
        instruments?.poolThreads.record(0);
      };
    },
  };
}
