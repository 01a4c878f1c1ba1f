import { isOrcError, type OrcErrorCode } from '../errors.ts';
import type { EventSink } from './event-hub.ts';
import { limitOf } from './deadline.ts';
import { retryPolicy } from './retry.ts';
import type { RunState, WorkRun } from './run-state.ts';
import type { Work } from './work.ts';

/** A run that waits for work, and the task of its own that it waits with. */
export interface Party {
  readonly run: RunState;
  readonly work: Work;
}

/** The run that work is done for right now: whose events, usage and money it is. */
export interface Owner {
  party: Party;
}

/**
 * Who waits for the same work. The first one does it; when it leaves, because its run has ended, the work goes on for the others, and from
 * then on it is the next one's: its calls are that run's, in events, usage and budget.
 */
export class SharedWork {
  readonly #parties = new Map<string, Set<Party>>();

  /** A party waits for the work of a key; returns how to say that it does no longer. */
  join(key: string, party: Party): () => void {
    let waiting = this.#parties.get(key);
    if (waiting === undefined) this.#parties.set(key, (waiting = new Set()));
    const members = waiting;
    members.add(party);
    return () => {
      members.delete(party);
      if (members.size === 0 && this.#parties.get(key) === members) this.#parties.delete(key);
    };
  }

  /** Hands work over to whoever waits for it still, in the order they came. */
  handOver(key: string, owner: Owner): void {
    for (const party of this.#parties.get(key) ?? []) {
      if (party === owner.party || party.run.abort.aborted) continue;
      owner.party = party;
      return;
    }
  }
}

/** The run as work sees it that may change hands. */
export function ownedRun(owner: Owner): WorkRun {
  const { run, work } = owner.party;
  const hub: EventSink = {
    get wantsDeltas() {
      return owner.party.run.hub.wantsDeltas;
    },
    emit: (event) => {
      const { party } = owner;
      if (party.work === work || !('task' in event)) party.run.hub.emit(event);
      else party.run.hub.emit({ ...event, task: party.work.basis.task, phase: party.work.phase.id } as typeof event);
    },
  };
  return Object.defineProperties(Object.create(run) as WorkRun, {
    hub: { value: hub },
    usage: { get: () => owner.party.run.usage },
    budget: { get: () => owner.party.run.budget },
    degradations: { get: () => owner.party.run.degradations },
    deadlines: { get: () => owner.party.run.deadlines },
  });
}

/** What one run ends of itself, and says nothing of another one that wants the same. */
const ownTrouble: readonly OrcErrorCode[] = [
  'ERR_ORC_BUDGET',
  'ERR_ORC_CANCELLED',
  'ERR_ORC_CLOSED',
  'ERR_ORC_MODEL_MISSING',
  'ERR_ORC_ARTIFACT',
  'ERR_ORC_DATA_DIR',
  'ERR_ORC_SESSION_CLOSED',
  'ERR_ORC_SESSION_LOCKED',
];

/** What a run fails with of itself: its journal or its artifacts, though the work went well. */
const ownFailures = new WeakSet<object>();

/** Notes that an error is the run's own, and not the work's. */
export function markOwn(error: unknown): void {
  if (typeof error === 'object' && error !== null) ownFailures.add(error);
}

/**
 * Whether shared work failed for what concerns the other run alone: its budget, its end, its disk, or a limit of time that is shorter than this
 * one's. Then this run does the work itself.
 */
export function concernsOther(error: unknown, { run, work }: Party): boolean {
  if (run.abort.aborted) return false;
  if (typeof error !== 'object' || error === null) return true;
  if (ownFailures.has(error)) return true;
  if ((error as { readonly name?: unknown }).name === 'AbortError') return true;
  const theirs = limitOf(error);
  if (theirs !== undefined) return (work.phase.phase.definition.timeout ?? run.phaseTimeoutMs ?? Infinity) > theirs;
  return isOrcError(error) && ownTrouble.includes(error.code);
}

/** The longest that a run waits for work that another one does: as long as it would try itself; `undefined` without a limit. */
export function waitLimit({ run, work }: Party): number | undefined {
  const { phase } = work.phase;
  const timeoutMs = phase.definition.timeout ?? run.phaseTimeoutMs;
  if (timeoutMs === undefined || timeoutMs === Infinity) return undefined;
  const { attempts, maxBackoffMs } = retryPolicy(phase, run.maxRetries);
  return (attempts * timeoutMs + (attempts - 1) * maxBackoffMs) * (phase.definition.loop?.max ?? 1);
}
