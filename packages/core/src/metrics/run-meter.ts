import type { Attributes } from '@opentelemetry/api';

import type { OrcEvent, PhaseSummary } from '../events.ts';
import type { Instruments } from './instruments.ts';
import { modelAttributes } from './model-attributes.ts';

/** Feeds the events of one run into instruments. */
export class RunMeter {
  readonly #instruments: Instruments;
  readonly #phases = new Map<string, PhaseSummary>();
  #run: Attributes = {};

  /** Feeds these. */
  constructor(instruments: Instruments) {
    this.#instruments = instruments;
  }

  /** Takes in an event. */
  add(event: OrcEvent): void {
    const to = this.#instruments;
    switch (event.type) {
      case 'run-start':
        this.#run = { 'orc.pipeline.id': event.pipeline.id, 'orc.strategy': event.strategy.name };
        for (const phase of event.phases) this.#phases.set(phase.id, phase);
        to.activeRuns.add(1, { 'orc.pipeline.id': event.pipeline.id });
        break;
      case 'run-end':
        to.activeRuns.add(-1, { 'orc.pipeline.id': this.#run['orc.pipeline.id'] });
        to.runDuration.record(event.durationMs / 1000, {
          ...this.#run,
          'orc.status': event.status,
          ...errorType(event.error?.code),
        });
        break;
      case 'phase-end':
        to.phaseDuration.record(event.durationMs / 1000, { ...this.#phase(event.phase), 'orc.status': event.status });
        break;
      case 'task-end':
        to.taskDuration.record(event.durationMs / 1000, {
          ...this.#phase(event.phase),
          'orc.status': event.status,
          'orc.source': event.source,
          ...errorType(event.error?.code),
        });
        break;
      case 'task-hit':
        to.cacheHits.add(1, { ...this.#phase(event.phase), 'orc.cache.tier': event.tier });
        break;
      case 'task-miss':
        to.cacheMisses.add(1, this.#phase(event.phase));
        break;
      case 'task-retry':
        to.retries.add(1, { ...this.#phase(event.phase), ...errorType(event.error.code) });
        break;
      case 'model-end': {
        const model = modelAttributes(event.model);
        const { usage, costUsd, durationMs, finishReason } = event;
        // A call that failed without a word of its tokens had not none: it is not known.
        if (finishReason !== 'error' || usage.inputTokens > 0 || usage.outputTokens > 0) {
          to.tokens.record(usage.inputTokens, { ...model, 'gen_ai.token.type': 'input' });
          to.tokens.record(usage.outputTokens, { ...model, 'gen_ai.token.type': 'output' });
        }
        to.callDuration.record(durationMs / 1000, {
          ...model,
          ...errorType(finishReason === 'error' ? '_OTHER' : undefined),
        });
        if (costUsd !== null) to.cost.add(costUsd, { ...model, ...this.#phase(event.phase) });
        break;
      }
      case 'degrade':
        to.degradations.add(1, { 'orc.degradation': event.what });
        break;
      case 'sample':
        to.queueDepth.record(event.queued);
        to.poolUtilization.record(event.workers > 0 ? event.running / event.workers : 0);
        to.poolThreads.record(event.runningThreads);
        break;
      case 'phase-start':
      case 'phase-expand':
      case 'task-start':
      case 'task-delta':
      case 'task-progress':
      case 'model-start':
      case 'checkpoint':
      case 'artifact-write':
      case 'prefetch-start':
      case 'prefetch-end':
      case 'speculation-start':
      case 'speculation-end':
      case 'run-pause':
      case 'run-continue':
      case 'run-cancel':
        // The rest is for those who watch a single run.
        break;
      default:
        event satisfies never;
    }
  }

  #phase(id: string): Attributes {
    const phase = this.#phases.get(id);
    return {
      'orc.pipeline.id': this.#run['orc.pipeline.id'],
      'orc.phase.id': id,
      ...(phase === undefined ? {} : { 'orc.phase.kind': phase.kind }),
    };
  }
}

function errorType(code: string | undefined): Attributes {
  return code === undefined ? {} : { 'error.type': code };
}
