import { threadRunner } from '@orc/scheduler';
import type { Scheduler, TaskContext, TaskFunction, TaskHandle } from '@orc/scheduler';

import type { ModelClient } from '../ai/model-client.ts';
import type { Clock } from '../clock.ts';
import type { Phase } from '../pipeline/phase.ts';
import type { PipelineRequest } from '../pipeline/request.ts';
import { AttemptContext, inputOf, runPhase } from '../run/attempt.ts';
import type { TaskBasis } from '../run/attempt.ts';
import { withDeadline } from '../run/deadline.ts';
import { declaredEnv } from '../run/declared-env.ts';
import { Deadlines } from '../run/deadlines.ts';
import { DeclaredRequest } from '../run/declared-request.ts';
import type { EventBody } from '../run/event-hub.ts';
import { RemotePhaseFailure } from '../run/remote-port.ts';
import type { RemotePhaseRequest, RemotePhaseResult, RemoteUsage } from '../run/remote-port.ts';
import { UsageSum } from '../run/usage.ts';
import { ProgressSender } from './progress-sender.ts';
import { givenBack } from './refused.ts';
import type { WorkerBudget } from './worker-budget.ts';

/** One attempt of one task, on the worker's side. */
export interface PhaseExecution {
  /** The phase, of the worker's own pipeline. */
  readonly phase: Phase;
  /** What the coordinator sent. */
  readonly request: RemotePhaseRequest;
  /** A model equal to the coordinator's, for a phase that calls one. */
  readonly model: ModelClient | undefined;
  /** What the worker may spend. */
  readonly budget: WorkerBudget;
  /** Its threads run `cpu` phases. */
  readonly scheduler: Scheduler;
  /** Time. */
  readonly clock: Clock;
  /** Signal and progress. */
  readonly context: TaskContext;
}

/** What a worker answers: the result of an attempt, which does not name the worker. */
export type PhaseAnswer = Omit<RemotePhaseResult, 'worker'>;

/** Executes one attempt as the coordinator would have. */
export async function executePhase(execution: PhaseExecution): Promise<PhaseAnswer> {
  const { phase, request, clock, context } = execution;
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
    env: declaredEnv(phase, request.env as Readonly<Record<string, string | undefined>>),
  };
}

async function onLoop(
  { request, model, budget, clock, context }: PhaseExecution,
  basis: TaskBasis,
  sender: ProgressSender,
): Promise<PhaseAnswer> {
  const usage = new UsageSum();
  const { loop, prompt, attempt, draw, timeoutMs } = request;
  const deadlines = new Deadlines(clock);
  let complete = true;
  let tooDear: string | undefined;
  const bound = model === undefined ? undefined : budget.bound(model, (why) => (tooDear = why));
  let value: unknown;
  try {
    value = await withDeadline(
      (signal) =>
        runPhase(
          new AttemptContext({
            basis,
            prompt,
            loop,
            attempt,
            draw,
            signal,
            model: bound === undefined ? undefined : () => bound,
            emit: (event) => tell(sender, event),
            wantsDeltas: true,
            clock,
            onReply: (reply) => {
              usage.add(reply.usage, reply.costUsd);
              if (reply.finishReason !== 'stop') complete = false;
            },
            onCut: () => {
              complete = false;
            },
          }),
          basis.phase,
        ),
      { parent: context.signal, timeoutMs, deadlines, what: `Task \`${basis.task}\`` },
    );
  } catch (error) {
    if (context.signal.aborted) throw error;
    // A client may hold a budget of its own. It is the worker's too, never the run's.
    if (tooDear !== undefined || (error as { readonly code?: unknown } | null)?.code === 'ERR_ORC_BUDGET')
      throw givenBack(`The worker's budget does not allow this task: ${tooDear ?? (error as Error).message}`, error);
    if (usage.calls === 0) throw error;
    throw new RemotePhaseFailure(error, usedBy(usage));
  } finally {
    deadlines.close();
  }
  // Also where the phase went on without the call: elsewhere it may be paid for.
  if (tooDear !== undefined) throw givenBack(`The worker's budget does not allow this task: ${tooDear}`);
  return { value, complete, ...usedBy(usage) };
}

function usedBy(usage: UsageSum): RemoteUsage {
  return usage.calls === 0 ? {} : { usage: usage.tokens, costUsd: usage.costUsd, calls: usage.calls };
}

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
  } else if (event.type === 'task-retry') {
    const { attempt, delayMs, error } = event;
    sender.send({ type: 'retry', attempt, delayMs, error });
  }
}

async function onThread(
  { scheduler, request, context }: PhaseExecution,
  basis: TaskBasis,
  handle: TaskHandle<unknown>,
  sender: ProgressSender,
): Promise<PhaseAnswer> {
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
    return { value, complete: true, threadId };
  } catch (error) {
    if ((error as { readonly code?: unknown } | null)?.code !== 'ERR_SCHEDULER_THREADS_UNAVAILABLE') throw error;
  }
  const module = (await import(handle.module)) as Record<string, unknown>;
  const inline = module[handle.export] as TaskFunction<unknown>;
  const value = await inline(structuredClone(input), { signal, attempt, progress: onProgress });
  return { value, complete: true };
}
