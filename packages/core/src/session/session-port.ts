import type { JsonObject, JsonValue } from '@orc/cache';

import type { OrcError } from '../errors.ts';
import type { RunStatus, Strategy, TaskSource } from '../events.ts';
import type { ModelUsage } from '../ai/model-client.ts';
import type { RunReport } from '../report/run-report.ts';

/** What a session remembers of its plan, `plan.json`: all that a resumption needs besides the pipeline's code. */
export interface SessionPlan {
  /** The format of this file. */
  readonly schema: 'orc.plan/1';
  /** The session's id. */
  readonly sessionId: string;
  /** When the session was created, in milliseconds since the epoch. */
  readonly createdAt: number;
  /** The pipeline, with its definition where it came from a YAML file (`source`), so that the folder alone can be resumed. */
  readonly pipeline: {
    readonly id: string;
    readonly version: string;
    readonly digest: string;
    readonly source?: string | undefined;
  };
  /** The request, resolved: text, seed, words, input folder, options. */
  readonly request: JsonObject;
  /** The model's name and identity. */
  readonly model: { readonly id: string; readonly identity: JsonObject };
  /** The options that shaped the run. */
  readonly options: JsonObject;
  /** The strategy it was started under. */
  readonly strategy: Strategy;
  /** Digests of what its results are made from besides the pipeline; absent in what an older version wrote. */
  readonly sources?: SessionSources | undefined;
}

/** Digests of what the results of a session are made from: the request, the declared environment variables, the model of each phase. */
export interface SessionSources {
  /** The digest of the request. */
  readonly request: string;
  /** By name; empty for one that is not set. */
  readonly env: Readonly<Record<string, string>>;
  /** By phase. */
  readonly models: Readonly<Record<string, string>>;
}

/** A finished task, as the journal holds it. */
export interface TaskRecord {
  /** The task's id: `phase` or `phase[item/path]`. */
  readonly task: string;
  /** Its phase. */
  readonly phase: string;
  /** The phase key, a digest. */
  readonly keyDigest: string;
  /** Whether it was done or left out by `when`. */
  readonly status: 'fulfilled' | 'skipped';
  /** Its output (in the record up to 64 KB, else in `outputs/<sha256>`; the store handles both). `undefined` outputs are not allowed: a phase returns JSON. */
  readonly output: JsonValue;
  /** SHA-256 of the output's canonical form. */
  readonly outputDigest: string;
  /** Where the output came from. */
  readonly source: TaskSource;
  /** Milliseconds of execution (of the lookup, when it was a hit). */
  readonly durationMs: number;
  /** Attempts it took. */
  readonly attempts: number;
  /** The worker thread it ran on. */
  readonly threadId?: number | undefined;
  /** The machine it ran on, when that was another one. */
  readonly worker?: string | undefined;
  /** Tokens it cost. */
  readonly usage?: ModelUsage | undefined;
  /** US dollars; `null` = unpriced. */
  readonly costUsd?: number | null | undefined;
  /** The files that it declared, each with the digest that its key was made with; empty for one that changed while the task ran. */
  readonly files?: Readonly<Record<string, string>> | undefined;
  /** The artifacts that it wrote. */
  readonly artifacts?: readonly ArtifactRecord[] | undefined;
}

/** A file that a run left for the user. */
export interface ArtifactRecord {
  /** Path relative to the artifact folder, with forward slashes. */
  readonly path: string;
  /** Size in bytes. */
  readonly bytes: number;
  /** SHA-256 of the content, hex. */
  readonly sha256: string;
}

/** A large output that is being written, under a name that does not last. */
export interface StagedFile {
  /** What is written. */
  readonly content: string;
  /** Whether that is the output itself, a text, or its JSON. */
  readonly text: boolean;
  /** Where it is; `undefined` when it could not be written, and `flushed` tells why. */
  readonly temp: string | undefined;
  /** Resolves when the disk has what is in it. */
  readonly flushed: Promise<void>;
}

/** An output that a session has begun to keep: the JSON that goes into its record, or a file of its own. {@link Session.append} takes it over. */
export type StagedOutput = { readonly json: string } | StagedFile;

/** How a record is kept. */
export interface AppendOptions {
  /** Whether to wait for the disk: true unless said otherwise. `false`, for a cache hit, costs no fsync of its own. */
  readonly durable?: boolean | undefined;
  /** The record's output, where {@link Session.stage} was asked for it. */
  readonly staged?: StagedOutput | undefined;
}

/** An open session: the only writer of its folder while it holds the lock. */
export interface Session extends AsyncDisposable {
  /** The session's id. */
  readonly id: string;
  /** Its folder. */
  readonly dir: string;
  /** Its artifact folder. */
  readonly artifactsDir: string;
  /** Its plan. */
  readonly plan: SessionPlan;
  /** What the journal held when the session was opened: task id to record. Empty for a new one. */
  readonly completed: ReadonlyMap<string, TaskRecord>;
  /**
   * Whether one pipeline recorded all of `completed`, and nothing was lost. Else it may hold what was made of an output that is not there any
   * more, or by another version of a phase.
   */
  readonly whole: boolean;
  /** Whether it was made with another data folder: what its plan asks for was not asked for here. */
  readonly foreign: boolean;
  /** Notes in the plan of a foreign session that it is one of this data folder from now on. Does nothing where the data folder can't keep a key. */
  adopt(): Promise<void>;
  /** Writes an artifact: temp file, fsync, rename. An equal file that is already there is left alone. */
  writeArtifact(path: string, content: string | Uint8Array): Promise<ArtifactRecord>;
  /**
   * Begins to keep an output: a large one goes to a file, and to the disk while its hash is made. Nothing comes of it unless its record is appended.
   * What goes wrong with the disk, `append` tells. `undefined` where JSON has no form of it.
   */
  stage(output: JsonValue): StagedOutput | undefined;
  /** Records a finished task. Resolves when the record is durable (group commit). */
  append(record: TaskRecord, options?: AppendOptions): Promise<void>;
  /** Notes something that is not a task: such as that the pipeline was edited. */
  note(type: string, data: JsonObject): Promise<void>;
  /** Writes `report.json`. */
  writeReport(report: JsonObject): Promise<void>;
  /** Records how the run ended, releases the lock, closes the files. */
  finish(status: Exclude<RunStatus, 'interrupted'>, error?: JsonObject): Promise<void>;
  /** Releases the lock and closes the files without an end record: the session stays resumable. */
  close(): Promise<void>;
}

/** A session as a list shows it. */
export interface SessionSummary {
  /** Its id, which is also its folder's name. */
  readonly id: string;
  /** Its folder. */
  readonly dir: string;
  /** When it was created, in milliseconds since the epoch. */
  readonly createdAt: number;
  /** When something was last recorded, in milliseconds since the epoch. */
  readonly updatedAt: number;
  /**
   * How the run ended; `running` while a live process holds the lock, `interrupted` when it is gone without having ended. `unknown`: something holds the
   * lock of which this machine can't tell at once whether it lives, such as a process of another machine; `open` watches it to find out.
   */
  readonly status: RunStatus | 'running' | 'unknown';
  /** Who holds the lock, of a session that is `running` or `unknown`, where the lock says so. */
  readonly heldBy?: SessionHolder | undefined;
  /** The pipeline. */
  readonly pipeline: { readonly id: string; readonly version: string; readonly digest: string };
  /** The request's text. */
  readonly request: string;
  /** The model's name. */
  readonly model: string;
  /** Tasks that the journal holds. */
  readonly tasksDone: number;
  /** Size of the folder in bytes. */
  readonly bytes: number;
}

/** Who holds a session. */
export interface SessionHolder {
  /** Its machine. */
  readonly host: string;
  /** Its process there. */
  readonly pid: number;
  /** When it last confirmed the lock, in milliseconds since the epoch, by its own clock. */
  readonly lastSeen: number;
}

/** A session whose files can't be read. */
export interface UnreadableSession {
  /** Its id, which is also its folder's name. */
  readonly id: string;
  /** Its folder. */
  readonly dir: string;
  /** When something in it was last written, in milliseconds since the epoch. */
  readonly updatedAt: number;
  /** Why: `ERR_ORC_SESSION_CORRUPT`, or `ERR_ORC_SESSION_VERSION` when a later version of the program wrote it. */
  readonly error: OrcError;
}

/** All that a session's folder says. */
export interface SessionContent {
  /** Its plan. */
  readonly plan: SessionPlan;
  /** Its finished tasks, by id. */
  readonly records: ReadonlyMap<string, TaskRecord>;
  /** What a list shows of it. */
  readonly summary: SessionSummary;
  /** Its `report.json`; `undefined` when there is none that can be read. */
  readonly report?: RunReport | undefined;
  /** Whether it was made with another data folder. To go on with it, what it would use has to be agreed to. */
  readonly foreign: boolean;
}

/** Which sessions are listed. */
export interface ListOptions {
  /** The most sessions. No more of them are read than that takes. @defaultValue all */
  readonly limit?: number | undefined;
}

/** The newest sessions of a data folder. */
export interface SessionPage {
  /** Those that can be read, newest first. */
  readonly sessions: readonly SessionSummary[];
  /** Those among them that can't. */
  readonly unreadable: readonly UnreadableSession[];
  /** Folders that were not looked at. */
  readonly left: number;
}

/** The sessions of a data folder. */
export interface SessionStore {
  /**
   * Creates a session folder, its plan and its lock; the folder is there whole or not at all.
   *
   * @throws OrcError `ERR_ORC_DATA_DIR` when the folder can't be written, `ERR_ORC_SESSION_EXISTS` when the id is taken.
   */
  create(
    plan: Omit<SessionPlan, 'schema' | 'sessionId' | 'createdAt'>,
    options?: { readonly id?: string | undefined },
  ): Promise<Session>;
  /**
   * Opens a session to continue it. The lock of a dead process is taken over; one of which this machine can't tell is watched first, for half a minute
   * at most. Until something is recorded the session stands as it did; then a torn tail of its journal is cut off. To look at a session, `read` it.
   *
   * @throws OrcError `ERR_ORC_SESSION_NOT_FOUND`, `ERR_ORC_SESSION_LOCKED`, `ERR_ORC_SESSION_VERSION`, `ERR_ORC_SESSION_CORRUPT`;
   * `ERR_ORC_SESSION_FOREIGN` when the folder is another user's.
   */
  open(id: string): Promise<Session>;
  /**
   * Reads a session: its plan, its outputs, its report, how it stands. Takes no lock and changes nothing, also while the session runs. Costs what the
   * outputs cost in memory.
   *
   * @throws OrcError `ERR_ORC_SESSION_NOT_FOUND`, `ERR_ORC_SESSION_VERSION`, `ERR_ORC_SESSION_CORRUPT`.
   */
  read(id: string): Promise<SessionContent>;
  /** One session as a list shows it. Throws as `read` does. */
  summary(id: string): Promise<SessionSummary>;
  /**
   * The report of a session; `undefined` when it has none yet.
   *
   * @throws OrcError `ERR_ORC_SESSION_NOT_FOUND`; `ERR_ORC_SESSION_CORRUPT` when the file holds no report.
   */
  report(id: string): Promise<RunReport | undefined>;
  /** The reports of the latest successful runs of a pipeline, newest first. Looks at the 200 newest sessions at most, and at what they need alone. */
  reports(pipeline: string, options: { readonly limit: number }): Promise<readonly RunReport[]>;
  /** The names of all session folders, in no order; none is opened. */
  ids(): Promise<readonly string[]>;
  /** The sessions that can be read, newest first. */
  list(options?: ListOptions): Promise<readonly SessionSummary[]>;
  /** The same with those that can't be read, in one go. */
  page(options?: ListOptions): Promise<SessionPage>;
  /** The newest session. */
  latest(): Promise<SessionSummary | undefined>;
  /** The sessions that can't be read, and why. */
  unreadable(): Promise<readonly UnreadableSession[]>;
  /** Removes a session, also one that can't be read; rejects with ERR_ORC_SESSION_LOCKED while it runs. */
  remove(id: string): Promise<void>;
  /** Removes the finished, interrupted and damaged sessions that were last touched more than `olderThanMs` ago. What a later version wrote stays. */
  prune(options: { readonly olderThanMs: number }): Promise<readonly string[]>;
}
