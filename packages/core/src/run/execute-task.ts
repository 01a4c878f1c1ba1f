import { errorInfo } from '../errors.ts';
import { declaresFiles, type FileDigests } from '../key/declared-files.ts';
import type { KeyInput } from '../key/phase-keys.ts';
import type { TaskRecord } from '../session/session-port.ts';
import { isWanted, renderPrompt, taskContext, type TaskBasis } from './attempt.ts';
import { asMade } from './changed-since.ts';
import { taskId, type CompiledPhase } from './compiled.ts';
import { workResult } from './execute-work.ts';
import type { Work } from './work.ts';
import { freezeJson } from './json-output.ts';
import type { PhaseStats } from './phase-stats.ts';
import { artifactsOf, executed, keep, record, type Done } from './record-task.ts';
import type { RunState } from './run-state.ts';
import { skipped, type TaskInputs } from './task-store.ts';
import type { ThreadSlot } from './thread-work.ts';
import { throughCache } from './through-cache.ts';
import { validate } from './validate.ts';

/** Something that may be there at once: a hit goes all the way without a promise. */
type Soon<T> = T | Promise<T>;

/**
 * Takes a task from "its needs are met" to "its output is there": journal, `when`, key, cache, work, artifacts → journal → cache. Throws
 * what made it fail.
 */
export function executeTask(run: RunState, phase: CompiledPhase, path: string, slot: ThreadSlot): Soon<void> {
  const closed = run.gate.wait;
  if (closed !== undefined) return closed.then(() => begin(run, phase, path, slot));
  return begin(run, phase, path, slot);
}

function begin(run: RunState, phase: CompiledPhase, path: string, slot: ThreadSlot): Soon<void> {
  if (run.abort.aborted) throw run.abort.reason;
  const started = run.clock.now();
  const stats = run.stats.get(phase) as PhaseStats;
  startPhase(run, stats, started);
  const task = taskId(phase, path);
  let done: Soon<Done>;
  try {
    done = settle(run, phase, path, task, slot, started, stats);
  } catch (error) {
    failed(run, stats, task, started, error);
    throw error;
  }
  if (!(done instanceof Promise)) {
    succeeded(run, stats, path, task, done, started);
    return undefined;
  }
  return done.then(
    (late) => succeeded(run, stats, path, task, late, started),
    (error: unknown) => {
      failed(run, stats, task, started, error);
      throw error;
    },
  );
}

function succeeded(run: RunState, stats: PhaseStats, path: string, task: string, done: Done, started: number): void {
  const { phase } = stats;
  const { outcome, source, attempts, threadId, worker } = done;
  run.store.set(phase, path, outcome);
  run.speculation()?.settled(phase, outcome);
  if (outcome.status === 'skipped') stats.skipped += 1;
  stats.done += 1;
  const now = run.clock.now();
  run.hub.emit(
    {
      type: 'task-end',
      task,
      phase: phase.id,
      status: outcome.status,
      source,
      attempts,
      durationMs: now - started,
      threadId,
      worker,
    },
    now,
  );
  endPhase(run, stats, now);
}

function failed(run: RunState, stats: PhaseStats, task: string, started: number, error: unknown): void {
  const { phase } = stats;
  const status = run.abort.aborted ? 'cancelled' : 'failed';
  if (status === 'failed') stats.failed += 1;
  else stats.cancelled += 1;
  stats.done += 1;
  const info = status === 'failed' ? { error: errorInfo(error, { phase: phase.id, task }) } : {};
  run.hub.emit({
    type: 'task-end',
    task,
    phase: phase.id,
    status,
    source: 'executed',
    attempts: 1,
    durationMs: run.clock.now() - started,
    ...info,
  });
  endPhase(run, stats);
}

/** Says that a phase has begun, the first time. */
export function startPhase(run: RunState, stats: PhaseStats, now: number): void {
  if (stats.started) return;
  stats.started = true;
  stats.startedAt = now;
  run.hub.emit({ type: 'phase-start', phase: stats.phase.id }, now);
}

/** Says that a phase has ended, once all its tasks have. */
export function endPhase(run: RunState, stats: PhaseStats, now: number = run.clock.now()): void {
  if (stats.ended || !stats.final || stats.done < stats.tasks) return;
  closePhase(run, stats, now);
}

/** Says that a phase has ended, as it stands. */
export function closePhase(run: RunState, stats: PhaseStats, now: number = run.clock.now()): void {
  stats.ended = true;
  if (stats.started) stats.durationMs = now - stats.startedAt;
  const { phase, status, durationMs, tasks, hits, misses } = stats;
  run.hub.emit({ type: 'phase-end', phase: phase.id, status, durationMs, tasks, cache: { hits, misses } }, now);
}

function settle(
  run: RunState,
  phase: CompiledPhase,
  path: string,
  task: string,
  slot: ThreadSlot,
  started: number,
  stats: PhaseStats,
): Soon<Done> {
  const { definition } = phase.phase;
  const recorded = run.session?.completed.get(task);
  if (recorded !== undefined && run.recordsHold) return restore(run, phase, task, recorded);
  const inputs = run.store.inputs(phase, path) as TaskInputs;
  const item = run.store.item(phase, path);
  const basis: TaskBasis = {
    phase: phase.phase,
    task,
    inputs: inputs.values,
    item: item?.value,
    key: path,
    view: run.view(phase),
    request: run.request,
    env: run.envOf(phase),
  };
  if (definition.when !== undefined && !isWanted(basis)) return leaveOut(run, phase, task, started);
  const keyed = (files?: FileDigests): Soon<Done> => {
    const prompt = renderPrompt(basis, definition.loop === undefined ? undefined : { round: 1 });
    const keyInput: KeyInput = { path, item, inputs, prompt, files };
    const key = run.keyed ? run.keys.key(phase, keyInput) : '';
    const { kind } = phase.phase;
    run.hub.emit({
      type: 'task-start',
      task,
      phase: phase.id,
      key,
      lane: kind === 'cpu' || kind === 'compute' ? kind : 'io',
    });
    if (recorded !== undefined && recorded.keyDigest === key) return restore(run, phase, task, recorded);
    const work: Work = { phase, basis, prompt, key, files };
    if (run.cache === undefined || definition.cache === false) return compute(run, work, slot, started, stats);
    return throughCache(run, work, keyInput, slot, started, stats);
  };
  const ready = definition.inputSchema === undefined && !declaresFiles(phase.phase);
  return ready ? keyed() : prepare(run, phase, basis).then(keyed);
}

async function prepare(run: RunState, phase: CompiledPhase, basis: TaskBasis): Promise<FileDigests | undefined> {
  const { inputSchema } = phase.phase.definition;
  const { inputs, task } = basis;
  if (inputSchema !== undefined)
    await validate(inputSchema, inputs, 'ERR_ORC_INPUT_INVALID', { phase: phase.id, task });
  return await run.keys.files(phase, taskContext(basis));
}

async function leaveOut(run: RunState, phase: CompiledPhase, task: string, started: number): Promise<Done> {
  await record(run, phase, task, '', { output: null, digest: skipped.digest }, 'skipped', {
    source: 'executed',
    attempts: 0,
    started,
    durable: false,
  });
  return { outcome: skipped, source: 'executed', attempts: 0 };
}

function restore(run: RunState, phase: CompiledPhase, task: string, recorded: TaskRecord): Soon<Done> {
  const { status, output, outputDigest, attempts, threadId, worker, artifacts } = recorded;
  const done: Done = {
    outcome: status === 'skipped' ? skipped : { status, output: freezeJson(output), digest: outputDigest },
    source: 'journal',
    attempts,
    threadId,
    worker,
  };
  if (artifacts === undefined) return done;
  // They were there before the record was; who copied or tidied the folder may have left them out.
  const written = run.artifacts.restore(artifacts, task, () => artifactsOf(phase, task, output));
  return written === undefined ? done : written.then(() => done);
}

async function compute(run: RunState, work: Work, slot: ThreadSlot, started: number, stats: PhaseStats): Promise<Done> {
  const result = await workResult(run, work, slot, run.abort.signal, started);
  const recorded = await asMade(run, work);
  return executed(run, recorded, result, keep(run, result, started), started, stats);
}
