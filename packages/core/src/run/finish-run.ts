import type { JsonObject } from '@orc/cache';

import { OrcError, errorInfo } from '../errors.ts';
import type { ErrorInfo } from '../events.ts';
import { buildReport } from '../report/report-builder.ts';
import type { RunReport } from '../report/run-report.ts';
import type { Session } from '../session/session-port.ts';
import type { CompiledPhase } from './compiled.ts';
import type { Engine } from './engine.ts';
import type { GraphEnd } from './run-pipeline.ts';
import { plainAnswer } from './plain-answer.ts';
import { LazyRunResult, type PhaseResult, type RunFacts, type RunResult } from './run-result.ts';
import type { RunState } from './run-state.ts';

/** Ends a run once its graph has ended: result, report, session. */
export async function finishRun(
  engine: Engine,
  run: RunState,
  info: { readonly modelId: string; readonly sessionId: string },
  end: GraphEnd,
): Promise<RunResult> {
  const { hub, session } = run;
  let { status, error } = outcome(run, end);
  let given: Pick<RunResult, ResultMember> = { text: '' };
  if (status === 'succeeded') {
    try {
      given = resultOf(run);
    } catch (thrown) {
      status = 'failed';
      error = errorInfo(thrown, { phase: run.compiled.pipeline.result.phase.id });
    }
  }
  const totalMs = hub.elapsedMs;
  hub.emit({ type: 'run-end', status, durationMs: totalMs, ...(error === undefined ? {} : { error }) });
  if (session !== undefined) await endSession(run, session, buildReport(hub.recorded()), status, error);
  const { pipeline } = run.compiled;
  const phases = [...run.stats.values()].map(
    ({ phase, status, tasks, hits, misses, durationMs, attempts }): PhaseResult => ({
      id: phase.id,
      kind: phase.phase.kind,
      status,
      tasks,
      cache: { hits, misses },
      durationMs,
      attempts,
    }),
  );
  const hits = phases.reduce((sum, { cache }) => sum + cache.hits, 0);
  const misses = phases.reduce((sum, { cache }) => sum + cache.misses, 0);
  const { costUsd, tokens } = run.usage;
  const facts: RunFacts = {
    sessionId: info.sessionId,
    status,
    ...given,
    artifacts: run.artifacts.records,
    ...(session === undefined ? {} : { artifactsDir: session.artifactsDir, sessionDir: session.dir }),
    pipeline: { id: pipeline.id, version: pipeline.version, digest: pipeline.digest },
    model: info.modelId,
    strategy: run.strategy,
    phases,
    cache: {
      hits,
      misses,
      hitRatio: hits + misses === 0 ? 0 : hits / (hits + misses),
      size: engine.cache?.stats().size ?? 0,
    },
    usage: { ...tokens, costUsd },
    timing: { totalMs },
    seed: run.request.seed,
    degradations: run.degradations.list,
    ...(error === undefined ? {} : { error }),
  };
  return new LazyRunResult(facts, () => buildReport(hub.recorded())) as unknown as RunResult;
}

async function endSession(
  run: RunState,
  session: Session,
  report: RunReport,
  status: RunResult['status'],
  error: ErrorInfo | undefined,
): Promise<void> {
  try {
    await session.writeReport(report as unknown as JsonObject);
  } catch (thrown) {
    run.degradations.say('report', `The report could not be written: ${errorInfo(thrown).message}`);
  }
  try {
    await session.finish(status, error as JsonObject | undefined);
  } catch (thrown) {
    run.degradations.say('report', `The end of the session could not be recorded: ${errorInfo(thrown).message}`);
    await session.close();
  }
}

function outcome(run: RunState, end: GraphEnd): { status: RunResult['status']; error: ErrorInfo | undefined } {
  if (end.status === 'succeeded') return { status: 'succeeded', error: undefined };
  if (run.abort.aborted && end.status === 'cancelled') {
    const { reason, timedOut } = run.abort;
    if (timedOut) return { status: 'failed', error: errorInfo(reason) };
    return { status: 'cancelled', error: cancellation(reason) };
  }
  const { failure } = end;
  const unknown = new OrcError('ERR_ORC_PHASE_FAILED', 'The run failed');
  return { status: 'failed', error: failure === undefined ? errorInfo(unknown) : errorInfo(failure.error, failure) };
}

/** What a run was cancelled with. Any value may be a reason; one without a code of its own has that of a cancellation. */
function cancellation(reason: unknown): ErrorInfo {
  const info = errorInfo(reason);
  const coded = typeof (reason as { readonly code?: unknown } | null)?.code === 'string';
  return coded ? info : { ...info, code: 'ERR_ORC_CANCELLED' };
}

/** The result's functions are the pipeline's, and no phase's. */
const nowhere = {};

type ResultMember = 'text' | 'title' | 'words' | 'wordsAsked' | 'output';

function resultOf(run: RunState): Pick<RunResult, ResultMember> {
  const { result } = run.compiled.pipeline;
  const output = run.store.get(run.compiled.byId.get(result.phase.id) as CompiledPhase, '')?.output;
  const text: unknown = plainAnswer<unknown>(result.text(output), 'result.text', nowhere);
  if (typeof text !== 'string')
    throw new OrcError('ERR_ORC_PIPELINE', 'Expected `result.text` of the pipeline to return a text');
  const title = plainAnswer(result.title?.(output), 'result.title', nowhere);
  const words = plainAnswer(result.words?.(output), 'result.words', nowhere);
  const wordsAsked = plainAnswer(result.wordsAsked?.(output), 'result.wordsAsked', nowhere);
  return {
    text,
    output,
    ...(title === undefined ? {} : { title }),
    ...(words === undefined ? {} : { words }),
    ...(wordsAsked === undefined ? {} : { wordsAsked }),
  };
}
