import type { JsonObject, JsonValue } from '@orc/cache';

import type { ModelRequest } from '../ai/model-client.ts';
import type { LoopState } from '../pipeline/context.ts';
import type { PipelineRequest } from '../pipeline/request.ts';
import { setAsideAttempt } from './call-budget.ts';
import { RemotePhaseFailure } from './remote-port.ts';
import type { RemotePhaseProgress, RemoteUsage } from './remote-port.ts';
import type { WorkRun } from './run-state.ts';
import type { Progress, Work } from './work.ts';

/** One attempt, for another machine. */
export interface RemoteAttempt {
  readonly loop: LoopState | undefined;
  readonly attempt: number;
  readonly draw: number;
  readonly prompt: ModelRequest | undefined;
  readonly timeoutMs: number | undefined;
}

/** Does an attempt on another machine; when the broker is lost, or no worker may do it, here, which is said once. */
export async function remoteOrHere(
  run: WorkRun,
  work: Work,
  signal: AbortSignal,
  progress: Progress,
  attempt: RemoteAttempt,
  here: () => unknown,
): Promise<unknown> {
  const { basis, phase } = work;
  const remote = run.remote as NonNullable<WorkRun['remote']>;
  const { pipeline } = run.compiled;
  const model = run.modelOf(phase);
  const { loop, prompt, timeoutMs } = attempt;
  const tell = (told: RemotePhaseProgress): void => {
    const where = { task: basis.task, phase: phase.id };
    switch (told.type) {
      case 'progress':
        run.hub.emit({ ...where, type: 'task-progress', message: told.message, fraction: told.fraction });
        break;
      case 'delta':
        if (run.hub.wantsDeltas) run.hub.emit({ ...where, type: 'task-delta', text: told.text });
        break;
      case 'model-start':
      case 'model-end':
        run.hub.emit({ ...told, ...where });
        break;
      case 'retry':
        run.hub.emit({ ...told, ...where, type: 'task-retry' });
        break;
      default:
        told satisfies never;
    }
  };
  const count = ({ usage, costUsd, calls }: RemoteUsage): void => {
    if (usage === undefined) return;
    progress.usage.add(usage, costUsd ?? null, calls);
    run.usage.add(usage, costUsd ?? null, calls);
  };
  const { task } = basis;
  const money =
    model === undefined || run.budget === undefined
      ? undefined
      : await setAsideAttempt(run.budget, model, { signal, task });
  try {
    const done = await remote.run(
      {
        // The session's own: a resumed run finds what is finished, and another run that wants it anew does not.
        id: `${run.sessionId}-${work.key}-${loop?.round ?? 1}-${attempt.attempt}`,
        pipeline: { id: pipeline.id, version: pipeline.version, digest: pipeline.digest, source: pipeline.source },
        phase: phase.id,
        task: basis.task,
        key: basis.key,
        item: basis.item ?? null,
        inputs: basis.inputs as JsonObject,
        request: withoutInput(basis.request),
        env: basis.env as JsonObject,
        prompt,
        model: model === undefined ? undefined : { id: model.id, identity: model.identity },
        loop:
          loop === undefined
            ? undefined
            : { round: loop.round, best: loop.best as JsonValue | undefined, score: loop.score },
        attempt: attempt.attempt,
        draw: attempt.draw,
        timeoutMs,
        priority: phase.rank,
      },
      { signal, onProgress: tell },
    );
    money?.settle(done.usage === undefined ? 0 : (done.costUsd ?? null));
    progress.threadId = done.threadId;
    progress.worker = done.worker;
    count(done);
    if (!done.complete) progress.whole = false;
    return done.value;
  } catch (error) {
    if (error instanceof RemotePhaseFailure) {
      money?.settle(error.used.usage === undefined ? 0 : (error.used.costUsd ?? null), { replied: false });
      count(error.used);
      throw error.cause;
    }
    money?.settle(0, { replied: false });
    const { code } = (error ?? {}) as { readonly code?: unknown };
    if (signal.aborted || (code !== 'ERR_ORC_BROKER' && code !== 'ERR_ORC_REFUSED')) throw error;
    const { message } = error as Error;
    if (code === 'ERR_ORC_BROKER') run.degradations.say('broker', `${message}; the run goes on without other machines`);
    else run.degradations.say('worker', `${message}; such work is done on this machine`);
    return here();
  }
}

// A path of this machine is nobody else's business; phases that read from it stay here.
function withoutInput(request: PipelineRequest): JsonObject {
  const { input: _, ...rest } = request;
  return rest as unknown as JsonObject;
}
