import type { TaskHandle } from '@orc/scheduler';

import { longestWait } from '../clock.ts';
import { OrcError, errorInfo } from '../errors.ts';
import type { LoopState } from '../pipeline/context.ts';
import type { PhaseDefinition } from '../pipeline/phase.ts';
import type { Speculation } from '../prefetch/speculation.ts';
import { AttemptContext, inputOf, renderPrompt, runPhase } from './attempt.ts';
import { pause, withDeadline } from './deadline.ts';
import { jsonOutput } from './json-output.ts';
import { plainAnswer } from './plain-answer.ts';
import { remoteOrHere } from './remote-work.ts';
import { mayBeRemote } from './remote-slots.ts';
import { backoff, attemptsOf, mayHelp, retryPolicy, wasUnusable } from './retry.ts';
import type { RunState, WorkRun } from './run-state.ts';
import { runOnThread, type ThreadSlot } from './thread-work.ts';
import { UsageSum } from './usage.ts';
import { checkedOutput, validate, type CheckedOutput } from './validate.ts';
import type { Progress, Work, WorkResult } from './work.ts';

/** The result of a task's work: what was done ahead where that was exactly this, else done now. */
export function workResult(
  run: RunState,
  work: Work,
  slot: ThreadSlot,
  signal: AbortSignal,
  started: number,
  /** The run that the work is done for, where that can change while it goes on. */
  doneFor: WorkRun = run,
): Promise<WorkResult> {
  const speculation = run.speculation();
  if (speculation === undefined) return executeWork(doneFor, work, slot, signal);
  return aheadOrNow(speculation, doneFor, work, slot, signal, started);
}

async function aheadOrNow(
  speculation: Speculation,
  run: WorkRun,
  work: Work,
  slot: ThreadSlot,
  signal: AbortSignal,
  started: number,
): Promise<WorkResult> {
  const early = await speculation.take(work.key, started);
  if (signal.aborted) throw signal.reason;
  if (early !== undefined) return { ...early, ahead: true };
  speculation.started(work.phase);
  return executeWork(run, work, slot, signal);
}

/** Does the work of a task: rounds of a loop, attempts, deadline, validation. */
export async function executeWork(
  run: WorkRun,
  work: Work,
  slot: ThreadSlot,
  signal: AbortSignal,
): Promise<WorkResult> {
  const progress: Progress = {
    attempts: 0,
    whole: true,
    late: false,
    threadId: undefined,
    worker: undefined,
    usage: new UsageSum(),
  };
  const { loop } = work.phase.phase.definition;
  let checked: CheckedOutput;
  try {
    checked =
      loop === undefined
        ? await attempts(run, work, slot, signal, progress, undefined)
        : await rounds(run, work, slot, signal, progress, loop);
  } catch (error) {
    (run.stats.get(work.phase) as { attempts: number }).attempts += progress.attempts;
    throw error;
  }
  return { ...checked, ...progress };
}

// The best so far is kept, never just the last: a round that made it worse is forgotten.
async function rounds(
  run: WorkRun,
  work: Work,
  slot: ThreadSlot,
  signal: AbortSignal,
  progress: Progress,
  loop: NonNullable<PhaseDefinition['loop']>,
): Promise<CheckedOutput> {
  let best: { readonly checked: CheckedOutput; readonly score: number } | undefined;
  for (let round = 1; round <= loop.max; round += 1) {
    const state: LoopState = best === undefined ? { round } : { round, best: best.checked.output, score: best.score };
    const checked = await attempts(run, work, slot, signal, progress, state);
    const { output } = checked;
    const where = { phase: work.phase.id, task: work.basis.task };
    const score = plainAnswer((loop.score as (output: unknown) => number)(output), 'loop.score', where);
    if (typeof score !== 'number' || Number.isNaN(score)) {
      throw new OrcError(
        'ERR_ORC_PHASE_FAILED',
        `Expected \`loop.score\` of phase \`${work.phase.id}\` to return a number, got ${String(score)}`,
        { ...where, retryable: false },
      );
    }
    if (best === undefined || score > best.score) best = { checked, score };
    const until = loop.until as ((output: unknown, state: { round: number }) => unknown) | undefined;
    if (until !== undefined && plainAnswer(until(output, { round }), 'loop.until', where) === true) break;
  }
  return (best as { readonly checked: CheckedOutput }).checked;
}

async function attempts(
  run: WorkRun,
  work: Work,
  slot: ThreadSlot,
  signal: AbortSignal,
  progress: Progress,
  loop: LoopState | undefined,
): Promise<CheckedOutput> {
  const { phase, task } = work.basis;
  const policy = retryPolicy(phase, run.maxRetries);
  let draw = 1;
  // A client that has tried again by itself has used up as many attempts.
  let made = 0;
  for (let attempt = 1; ; attempt += 1) {
    progress.attempts += 1;
    const { whole } = progress;
    try {
      const value = attemptOnce(run, work, slot, signal, progress, loop, attempt, draw);
      const raw = value instanceof Promise ? await value : value;
      // Here, and not only on the way in: what finishes although it was cancelled must not be kept as if it had been wanted.
      if (signal.aborted) throw signal.reason;
      const { outputSchema } = phase.definition;
      if (outputSchema === undefined) return { output: jsonOutput(raw, task) };
      const checked = await validate(outputSchema, raw, 'ERR_ORC_OUTPUT_INVALID', { phase: phase.id, task });
      return checkedOutput(raw, jsonOutput(checked, task), task);
    } catch (error) {
      // A reply that was cut short matters only where the phase went on without it.
      progress.whole = whole;
      if (signal.aborted) throw signal.reason;
      made += attemptsOf(error);
      if (made >= policy.attempts || !mayHelp(error)) throw error;
      if (wasUnusable(error)) draw += 1;
      const delayMs = backoff(policy, attempt, run.random);
      run.hub.emit({
        type: 'task-retry',
        task,
        phase: phase.id,
        attempt,
        delayMs,
        error: errorInfo(error, { phase: phase.id, task }),
      });
      const wait = (): Promise<void> => pause(delayMs, run.clock, signal);
      // The slot is that of the attempt that was given up, until it has ended: the next one needs one of its own.
      await (progress.late && slot.release !== undefined ? slot.release(wait) : wait());
      progress.late = false;
    }
  }
}

function attemptOnce(
  run: WorkRun,
  work: Work,
  slot: ThreadSlot,
  parent: AbortSignal,
  progress: Progress,
  loop: LoopState | undefined,
  attempt: number,
  draw: number,
): unknown {
  const { basis, phase } = work;
  const { definition } = basis.phase;
  const limitMs = definition.timeout ?? run.phaseTimeoutMs;
  // Threads and other machines have timers of their own.
  const timeoutMs = limitMs === undefined ? undefined : Math.min(limitMs, longestWait);
  const prompt = loop === undefined || loop.round === 1 ? work.prompt : renderPrompt(basis, loop);
  if (run.remote !== undefined && mayBeRemote(phase) && !run.degradations.has('broker')) {
    return remoteOrHere(run, work, parent, progress, { loop, attempt, draw, prompt, timeoutMs }, () => here());
  }
  return here();

  function here(): unknown {
    if (definition.task !== undefined) {
      return runOnThread(run, slot, definition.task as TaskHandle, inputOf(basis), {
        task: basis.task,
        phase: phase.id,
        attempt,
        timeoutMs,
        signal: parent,
      }).then((done) => {
        progress.threadId = done.threadId;
        return done.value;
      });
    }
    const model = run.modelOf(phase);
    const onLate = (running: PromiseLike<unknown>): void => {
      progress.late = true;
      run.occupy(running);
    };
    return withDeadline(
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
            emit: (event) => run.hub.emit(event),
            wantsDeltas: run.hub.wantsDeltas,
            clock: run.clock,
            onReply: ({ usage, costUsd, finishReason }) => {
              progress.usage.add(usage, costUsd);
              run.usage.add(usage, costUsd);
              if (finishReason !== 'stop') progress.whole = false;
            },
            onCut: () => {
              progress.whole = false;
            },
            budget: () => run.budget,
          }),
          basis.phase,
        ),
      { parent, timeoutMs, deadlines: run.deadlines, what: `Task \`${basis.task}\``, onLate },
    );
  }
}
