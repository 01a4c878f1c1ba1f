import type { JsonValue } from '@orc/cache';

import { OrcError, shown } from '../errors.ts';
import type { TaskSource } from '../events.ts';
import type { FileDigests } from '../key/declared-files.ts';
import { jsonDigest } from '../json-digest.ts';
import type { PhaseArtifact } from '../pipeline/phase.ts';
import type { ArtifactRecord, StagedOutput, TaskRecord } from '../session/session-port.ts';
import type { CachedOutput } from './cached-output.ts';
import type { CompiledPhase } from './compiled.ts';
import type { Work, WorkResult } from './work.ts';
import { diskError } from './disk-error.ts';
import { freezeJson } from './json-output.ts';
import type { PhaseStats } from './phase-stats.ts';
import { plainAnswer } from './plain-answer.ts';
import type { RunState } from './run-state.ts';
import type { TaskOutcome } from './task-store.ts';

/** What is known of a task once it has ended well. */
export interface Done {
  readonly outcome: TaskOutcome;
  readonly source: TaskSource;
  readonly attempts: number;
  readonly threadId?: number | undefined;
  readonly worker?: string | undefined;
}

const noArtifacts: readonly PhaseArtifact[] = Object.freeze([]);
const noFiles: readonly ArtifactRecord[] = Object.freeze([]);

/** Takes over a hit, or what another caller was computing at the same time. */
export function notComputed(
  run: RunState,
  work: Work,
  value: CachedOutput,
  source: string,
  started: number,
  stats: PhaseStats,
): Done | Promise<Done> {
  const { phase, basis, key } = work;
  const { task } = basis;
  stats.hits += 1;
  const shared = source === 'shared' || source === 'computed';
  run.hub.emit({
    type: 'task-hit',
    task,
    phase: phase.id,
    tier: shared ? 'shared' : source,
    storedAt: value.at,
    savedMs: value.durationMs,
    savedUsd: value.usage === undefined ? 0 : value.costUsd,
  });
  const from: TaskSource = shared ? 'shared' : 'cache';
  // What a slow tier has read is not frozen yet; in memory it is from then on.
  const done: Done = {
    outcome: { status: 'fulfilled', output: freezeJson(value.output), digest: value.digest },
    source: from,
    attempts: 0,
  };
  if (run.session === undefined && phase.phase.definition.artifacts === undefined) return done;
  const recording = persist(run, phase, task, value.passing === true ? '' : key, value, {
    source: from,
    attempts: 0,
    started,
    durable: false,
    files: work.files,
  });
  return recording === undefined ? done : recording.then(() => done);
}

/** A result as the cache keeps it, and what the session has begun to write of it. */
export interface Kept {
  readonly value: CachedOutput;
  readonly staged: StagedOutput | undefined;
}

/** Hashes an output, while the disk is busy with it where it is large. */
export function keep(run: RunState, result: WorkResult, started: number): Kept {
  const staged = run.session?.stage(result.output);
  return { value: cachedOutput(run, result, started), staged };
}

function cachedOutput(run: RunState, result: WorkResult, started: number): CachedOutput {
  const { output, usage, raw, opaque } = result;
  const now = run.clock.now();
  return {
    output,
    ...(raw === undefined ? {} : { raw }),
    ...(opaque === undefined ? {} : { opaque }),
    digest: run.keyed ? jsonDigest(output) : '',
    at: Math.round(now),
    durationMs: now - started,
    ...(usage.calls === 0 ? {} : { usage: usage.tokens, costUsd: usage.costUsd }),
  };
}

/** Takes over what was executed here: artifacts, then the journal. At once where there is neither. */
export function executed(
  run: RunState,
  work: Work,
  result: WorkResult,
  { value, staged }: Kept,
  started: number,
  stats: PhaseStats,
): Done | Promise<Done> {
  const { phase, basis, key } = work;
  const { attempts, threadId, worker, usage } = result;
  const source: TaskSource = result.ahead === true ? 'speculation' : 'executed';
  stats.attempts += attempts;
  if (usage.calls > 0) stats.usage.add(usage.tokens, usage.costUsd, usage.calls);
  const recording = persist(run, phase, basis.task, key, value, {
    source,
    attempts,
    threadId,
    worker,
    started,
    durable: true,
    staged,
    files: work.files,
  });
  const done: Done = {
    outcome: { status: 'fulfilled', output: value.output, digest: value.digest },
    source,
    attempts,
    threadId,
    worker,
  };
  return recording === undefined ? done : recording.then(() => done);
}

/** How a task ended, for its record. */
export interface Recording {
  readonly source: TaskSource;
  readonly attempts: number;
  readonly threadId?: number | undefined;
  readonly worker?: string | undefined;
  readonly started: number;
  readonly durable: boolean;
  readonly staged?: StagedOutput | undefined;
  readonly files?: FileDigests | undefined;
}

// Artifact first, then the journal; the cache comes after both. Nothing to wait for where there is neither artifact nor session.
function persist(
  run: RunState,
  phase: CompiledPhase,
  task: string,
  key: string,
  value: CachedOutput,
  how: Recording,
): Promise<void> | undefined {
  // Nobody of this run waits any more: the work goes on for another run that shares it, and that one records it for itself.
  if (run.abort.aborted) return undefined;
  if (phase.phase.definition.artifacts === undefined)
    return run.session === undefined ? undefined : record(run, phase, task, key, value, 'fulfilled', how);
  return run.artifacts
    .write(artifactsOf(phase, task, value.output), task)
    .then((files) => record(run, phase, task, key, value, 'fulfilled', how, files));
}

/** The files that a task leaves. */
export function artifactsOf(phase: CompiledPhase, task: string, output: JsonValue): readonly PhaseArtifact[] {
  const make = phase.phase.definition.artifacts as
    | ((output: unknown, context: { key: string }) => readonly PhaseArtifact[])
    | undefined;
  if (make === undefined) return noArtifacts;
  const files: unknown = make(output, { key: task === phase.id ? '' : task.slice(phase.id.length + 1, -1) });
  const where = { phase: phase.id, task };
  plainAnswer(files, 'artifacts', where);
  if (files === undefined || files === null) return noArtifacts;
  if (Array.isArray(files)) return files as readonly PhaseArtifact[];
  throw new OrcError(
    'ERR_ORC_ARTIFACT',
    `Expected \`artifacts\` of phase \`${phase.id}\` to return an array of { path, content }, got ${shown(files)}`,
    { ...where, retryable: false },
  );
}

/** Writes the record of a task into the journal, where there is one. */
export async function record(
  run: RunState,
  phase: CompiledPhase,
  task: string,
  key: string,
  value: Pick<CachedOutput, 'output' | 'digest' | 'usage' | 'costUsd'>,
  status: TaskRecord['status'],
  how: Recording,
  artifacts: readonly ArtifactRecord[] = noFiles,
): Promise<void> {
  const { session } = run;
  if (session === undefined) return;
  const { source, attempts, threadId, worker, started, durable, staged, files = [] } = how;
  const usage =
    (source === 'executed' || source === 'speculation') && value.usage !== undefined
      ? { usage: value.usage, costUsd: value.costUsd }
      : {};
  try {
    await session.append(
      {
        task,
        phase: phase.id,
        keyDigest: key,
        status,
        output: value.output,
        outputDigest: value.digest,
        source,
        durationMs: run.clock.now() - started,
        attempts,
        ...(threadId === undefined ? {} : { threadId }),
        ...(worker === undefined ? {} : { worker }),
        ...usage,
        ...(files.length === 0 ? {} : { files: Object.fromEntries(files) }),
        ...(artifacts.length === 0 ? {} : { artifacts }),
      },
      { durable, staged },
    );
  } catch (error) {
    // The session was closed because the run was cancelled; see `persist`.
    if (run.abort.aborted) return;
    throw diskError(error, { phase: phase.id, task });
  }
  if (durable) run.hub.emit({ type: 'checkpoint', task });
}
