import type { TieredCache } from '@orc/cache';

import type { Budget } from '../ai/budget.ts';
import type { ModelClient } from '../ai/model-client.ts';
import type { Clock } from '../clock.ts';
import type { Strategy } from '../events.ts';
import type { PhaseKeys } from '../key/phase-keys.ts';
import type { KeyMemory } from '../key/key-memory.ts';
import type { Speculation } from '../prefetch/speculation.ts';
import type { PipelineRequest } from '../pipeline/request.ts';
import type { Session } from '../session/session-port.ts';
import type { ArtifactWriter } from './artifacts.ts';
import type { CachedOutput } from './cached-output.ts';
import type { CompiledPhase, CompiledPipeline } from './compiled.ts';
import type { DeclaredRequest } from './declared-request.ts';
import type { Deadlines } from './deadlines.ts';
import type { Degradations } from './degradations.ts';
import type { EventHub, EventSink } from './event-hub.ts';
import type { Gate } from './gate.ts';
import type { PhaseStats } from './phase-stats.ts';
import type { RemotePhaseRunner } from './remote-port.ts';
import type { RunAbort } from './run-abort.ts';
import type { SharedWork } from './shared-work.ts';
import type { TaskStore } from './task-store.ts';
import type { UsageSum } from './usage.ts';

/** What the work of a task needs of its run; work that is done ahead has a sink of its own. */
export type WorkRun = Omit<RunState, 'hub'> & { readonly hub: EventSink };

/** What the tasks of one run share. */
export interface RunState {
  readonly compiled: CompiledPipeline;
  readonly request: PipelineRequest;
  readonly store: TaskStore;
  readonly keys: PhaseKeys;
  readonly hub: EventHub;
  readonly clock: Clock;
  readonly random: () => number;
  readonly strategy: Strategy;
  /** The cache; `undefined` where the run goes without. */
  readonly cache: TieredCache<CachedOutput> | undefined;
  /** Whose results these are: nothing of it is seen in another scope. */
  readonly scope: string | undefined;
  /** Whether anything asks for keys and digests: cache, session or other machines. Else none are made. */
  readonly keyed: boolean;
  /** What was computed so far by a run that computes everything anew; `undefined` where it does not. */
  readonly fresh: Map<string, Promise<CachedOutput>> | undefined;
  readonly keyMemory: KeyMemory;
  /** Told the key of each task, where the next run is to fetch them ahead. */
  readonly useKey: ((key: string) => void) | undefined;
  /** Work on outputs that may turn out the same; `undefined` where there is none. */
  readonly speculation: () => Speculation | undefined;
  /** The session's id; also without a session on disk. */
  readonly sessionId: string;
  readonly session: Session | undefined;
  /** Whether the session's records were made by exactly this pipeline alone and none is lost, so that they hold whatever their key. */
  readonly recordsHold: boolean;
  readonly artifacts: ArtifactWriter;
  readonly gate: Gate;
  /** Aborts when the run is cancelled or out of time. */
  readonly abort: RunAbort;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly maxRetries: number;
  /** When what runs is out of time. */
  readonly deadlines: Deadlines;
  readonly phaseTimeoutMs: number | undefined;
  /** What the model calls of the session must fit into; `undefined` without a limit. */
  readonly budget: Budget | undefined;
  readonly remote: RemotePhaseRunner | undefined;
  /** Who else waits for the work of a key. */
  readonly sharedWork: SharedWork;
  /** Counts work that was given up, and goes on all the same, against the workers until it has ended. */
  readonly occupy: (until: PromiseLike<unknown>) => void;
  readonly usage: UsageSum;
  readonly stats: ReadonlyMap<CompiledPhase, PhaseStats>;
  readonly degradations: Degradations;
  /** The request as a phase may see it. */
  view(phase: CompiledPhase): DeclaredRequest;
  /** The declared environment variables of a phase. */
  envOf(phase: CompiledPhase): Readonly<Record<string, string | undefined>>;
  /** The model of an `llm` phase. */
  modelOf(phase: CompiledPhase): ModelClient | undefined;
}
