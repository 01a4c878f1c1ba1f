import type { Context, Span, Tracer } from '@opentelemetry/api';

import type { ErrorInfo, OrcEvent } from '../events.ts';
import type { EventOf } from '../report/run-report.ts';
import { callAttributes, modelAttributes } from './model-attributes.ts';
import type { OpenTelemetry } from './load-api.ts';

/** Makes the spans of one run from its events: run → phase → model call. */
export class RunTracer {
  readonly #api: OpenTelemetry;
  readonly #tracer: Tracer;
  readonly #parent: Context;
  readonly #sessionId: string;
  readonly #phases = new Map<string, Span>();
  #run: Span | undefined;
  #epoch = 0;

  /** Spans below `parent`, the context in which the run was started. */
  constructor(api: OpenTelemetry, tracer: Tracer, parent: Context, sessionId: string) {
    this.#api = api;
    this.#tracer = tracer;
    this.#parent = parent;
    this.#sessionId = sessionId;
  }

  /** Takes in an event. */
  add(event: OrcEvent): void {
    switch (event.type) {
      case 'run-start':
        this.#startRun(event);
        break;
      case 'phase-start':
        this.#startPhase(event);
        break;
      case 'phase-end': {
        const span = this.#phases.get(event.phase);
        this.#phases.delete(event.phase);
        span?.setAttributes({
          'orc.status': event.status,
          'orc.phase.tasks': event.tasks,
          'orc.cache.hits': event.cache.hits,
          'orc.cache.misses': event.cache.misses,
        });
        if (event.status === 'failed') span?.setStatus({ code: this.#api.SpanStatusCode.ERROR });
        span?.end(this.#time(event));
        break;
      }
      case 'task-retry':
        this.#phases
          .get(event.phase)
          ?.addEvent(
            'retry',
            { 'orc.task.id': event.task, 'orc.attempt': event.attempt, 'error.type': event.error.code },
            this.#time(event),
          );
        break;
      case 'task-end':
        if (event.status === 'failed' && event.error !== undefined) {
          const { code, message } = event.error;
          this.#phases
            .get(event.phase)
            ?.addEvent(
              'exception',
              { 'orc.task.id': event.task, 'exception.type': code, 'exception.message': message },
              this.#time(event),
            );
        }
        break;
      case 'model-end':
        this.#modelCall(event);
        break;
      case 'degrade':
        this.#run?.addEvent(
          'degradation',
          { 'orc.degradation': event.what, 'orc.message': event.message },
          this.#time(event),
        );
        break;
      case 'run-end':
        this.#endRun(event);
        break;
      case 'phase-expand':
      case 'task-start':
      case 'task-hit':
      case 'task-miss':
      case 'task-delta':
      case 'task-progress':
      case 'model-start':
      case 'checkpoint':
      case 'artifact-write':
      case 'prefetch-start':
      case 'prefetch-end':
      case 'speculation-start':
      case 'speculation-end':
      case 'sample':
      case 'run-pause':
      case 'run-continue':
      case 'run-cancel':
        // The rest is for those who watch a run while it goes.
        break;
      default:
        event satisfies never;
    }
  }

  #startRun(event: EventOf<'run-start'>): void {
    this.#epoch = event.at - event.elapsedMs;
    const { pipeline, strategy, seed, resumed, restored, model } = event;
    this.#run = this.#tracer.startSpan(
      `run ${pipeline.id}`,
      {
        kind: this.#api.SpanKind.INTERNAL,
        startTime: this.#epoch,
        attributes: {
          'orc.session.id': this.#sessionId === '' ? event.sessionId : this.#sessionId,
          'orc.pipeline.id': pipeline.id,
          'orc.pipeline.version': pipeline.version,
          'orc.strategy': strategy.name,
          'orc.workers': strategy.workers,
          'orc.seed': seed,
          'orc.resumed': resumed,
          'orc.restored': restored,
          ...(model === '' ? {} : { 'gen_ai.request.model': model }),
        },
      },
      this.#parent,
    );
    for (const phase of event.phases) this.#kinds.set(phase.id, phase.kind);
  }

  readonly #kinds = new Map<string, string>();

  #startPhase(event: EventOf<'phase-start'>): void {
    const kind = this.#kinds.get(event.phase);
    const attributes = { 'orc.phase.id': event.phase, ...(kind === undefined ? {} : { 'orc.phase.kind': kind }) };
    this.#phases.set(
      event.phase,
      this.#tracer.startSpan(
        `phase ${event.phase}`,
        { kind: this.#api.SpanKind.INTERNAL, startTime: this.#time(event), attributes },
        this.#below(this.#run),
      ),
    );
  }

  #modelCall(event: EventOf<'model-end'>): void {
    const end = this.#time(event);
    const named = modelAttributes(event.model);
    const span = this.#tracer.startSpan(
      `chat ${String(named['gen_ai.request.model'])}`,
      {
        kind: this.#api.SpanKind.CLIENT,
        startTime: end - event.durationMs,
        attributes: { ...named, ...callAttributes(event) },
      },
      this.#below(this.#phases.get(event.phase) ?? this.#run),
    );
    if (event.finishReason === 'error') {
      span.setAttribute('error.type', '_OTHER');
      span.setStatus({ code: this.#api.SpanStatusCode.ERROR });
    }
    span.end(end);
  }

  #endRun(event: EventOf<'run-end'>): void {
    const end = this.#time(event);
    for (const span of this.#phases.values()) span.end(end);
    this.#phases.clear();
    this.#run?.setAttribute('orc.status', event.status);
    if (event.status === 'failed') this.#fail(event.error);
    this.#run?.end(end);
    this.#run = undefined;
  }

  #fail(error: ErrorInfo | undefined): void {
    this.#run?.setStatus({
      code: this.#api.SpanStatusCode.ERROR,
      ...(error === undefined ? {} : { message: error.message }),
    });
    if (error !== undefined) this.#run?.setAttribute('error.type', error.code);
  }

  #below(span: Span | undefined): Context {
    return span === undefined ? this.#parent : this.#api.trace.setSpan(this.#parent, span);
  }

  #time(event: OrcEvent): number {
    return this.#epoch + event.elapsedMs;
  }
}
