import { threadRunner } from '@orc/scheduler';
import type { Scheduler, TaskContext, TaskFunction, TaskHandle } from '@orc/scheduler';

import type { ModelClient } from '../ai/model-client.ts';
import type { Clock } from '../clock.ts';
import { OrcError } from '../errors.ts';
import type { Phase } from '../pipeline/phase.ts';
import type { Pipeline } from '../pipeline/define-pipeline.ts';
import type { PipelineRequest } from '../pipeline/request.ts';
import { AttemptContext, inputOf, runPhase } from '../run/attempt.ts';
import type { TaskBasis } from '../run/attempt.ts';
import { withDeadline } from '../run/deadline.ts';
import { Deadlines } from '../run/deadlines.ts';
import { DeclaredRequest } from '../run/declared-request.ts';
import type { EventBody } from '../run/event-hub.ts';
import type { RemotePhaseRequest } from '../run/remote-port.ts';
import { UsageSum } from '../run/usage.ts';
import type { ExecutedPhase } from './distributed-phase-runner.ts';
import { ProgressSender } from './progress-sender.ts';

/** One attempt of one task, on the worker's side. */
export interface PhaseExecution {
  /** The worker's own pipeline with the digest that was asked for. */
  readonly pipeline: Pipeline;
  /** What the coordinator sent. */
  readonly request: RemotePhaseRequest;
  /** A model equal to the coordinator's, for a phase that calls one. */
  readonly model: ModelClient | undefined;
  /** Its threads run `cpu` phases. */
  readonly scheduler: Scheduler;
  /** Time. */
  readonly clock: Clock;
  /** Signal and progress. */
  readonly context: TaskContext;
}

/** Executes one attempt as the coordinator would have. */
export async function executePhase(execution: PhaseExecution): Promise<ExecutedPhase> {
  const { pipeline, request, clock, context } = execution;
  const phase = pipeline.phases.find(({ id }) => id === request.phase);
  if (phase === undefined) {
    throw new OrcError(
      'ERR_ORC_REMOTE',
      `Pipeline \`${pipeline.id}\` has no phase \`${request.phase}\` on this worker`,
      { retryable: false },
    );
  }
  const basis = basisOf(phase, request);
  const sender = new ProgressSender((progress) => context.progress(progress), clock);
  try {
    if (phase.definition.task !== undefined) return await onThread(execution, basis, phase.definition.task, sender);
    return await onLoop(execution, basis, sender);
  } finally {
    sender.flush();
  }
}

function basisOf(phase: Phase, request: RemotePhaseRequest): TaskBasis {
  const whole = request.request as unknown as PipelineRequest;
  return {
    phase,
    task: request.task,
    inputs: request.inputs,
    // A task outside of a fan-out has no item; one inside may have `null`.
    item: request.key === '' ? undefined : request.item,
    key: request.key,
    view: new DeclaredRequest(whole, phase),
    request: whole,
    env: request.env as Readonly<Record<string, string | undefined>>,
  };
}

async function onLoop(
  { request, model, clock, context }: PhaseExecution,
  basis: TaskBasis,
  sender: ProgressSender,
): Promise<ExecutedPhase> {
  const usage = new UsageSum();
  const { loop, prompt, attempt, draw, timeoutMs } = request;
  const deadlines = new Deadlines(clock);
  try {
    const value = await withDeadline(
      (signal) =>
        runPhase(
          new AttemptContext({
            basis,
            prompt,
            loop,
            attempt,
            draw,
            signal,
            model: model === undefined ? undefined : () => model,
            emit: (event) => tell(sender, event),
            wantsDeltas: true,
            clock,
            onReply: (reply) => usage.add(reply.usage, reply.costUsd),
          }),
          basis.phase,
        ),
      { parent: context.signal, timeoutMs, deadlines, what: `Task \`${basis.task}\`` },
    );
    return { value, ...(usage.calls === 0 ? {} : { usage: usage.tokens, costUsd: usage.costUsd, calls: usage.calls }) };
  } finally {
    deadlines.close();
  }
}

// A model client's own retries stay here; the coordinator sees what comes of them.
function tell(sender: ProgressSender, event: EventBody): void {
  if (event.type === 'task-progress') {
    sender.send({ type: 'progress', message: event.message, fraction: event.fraction });
  } else if (event.type === 'task-delta') {
    sender.delta(event.text);
  } else if (event.type === 'model-start') {
    sender.send({ type: 'model-start', model: event.model });
  } else if (event.type === 'model-end') {
    const { model, durationMs, usage, costUsd, attempts, finishReason } = event;
    sender.send({ type: 'model-end', model, durationMs, usage, costUsd, attempts, finishReason });
  }
}

async function onThread(
  { scheduler, request, context }: PhaseExecution,
  basis: TaskBasis,
  handle: TaskHandle<unknown>,
  sender: ProgressSender,
): Promise<ExecutedPhase> {
  const input = inputOf(basis);
  const onProgress = (told: unknown): void => {
    const { message, fraction } = (typeof told === 'object' && told !== null ? told : { message: String(told) }) as {
      message?: string;
      fraction?: number;
    };
    sender.send({ type: 'progress', message, fraction });
  };
  const { signal } = context;
  const { timeoutMs, attempt } = request;
  try {
    const runner = threadRunner(scheduler);
    const { value, threadId } = await runner.run(
      { id: request.id, task: handle, input, attempt, timeoutMs, onProgress },
      { signal },
    );
    return { value, threadId };
  } catch (error) {
    if ((error as { readonly code?: unknown } | null)?.code !== 'ERR_SCHEDULER_THREADS_UNAVAILABLE') throw error;
  }
  const module = (await import(handle.module)) as Record<string, unknown>;
  const inline = module[handle.export] as TaskFunction<unknown>;
  return { value: await inline(structuredClone(input), { signal, attempt, progress: onProgress }) };
}
