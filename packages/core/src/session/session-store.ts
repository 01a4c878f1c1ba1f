import { randomBytes } from 'node:crypto';
import { lstat, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

import { systemClock } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { OrcError, isOrcError, shown } from '../errors.ts';
import type { RunReport } from '../report/run-report.ts';
import { Flusher } from './flusher.ts';
import { systemCode } from './system-code.ts';
import { FileSession } from './file-session.ts';
import type { FileSessionParts } from './file-session.ts';
import { encodeRecord, journalHeader } from './journal-record.ts';
import { JournalWriter } from './journal-writer.ts';
import { readLock, type LockContext } from './lock-holder.ts';
import { makeSessionFolder } from './new-folder.ts';
import { PlanSeal } from './plan-seal.ts';
import { systemProcesses } from './process-table.ts';
import type { ProcessTable } from './process-table.ts';
import { prunable } from './prunable.ts';
import { lockClockOf } from './session-clock.ts';
import { readError, sessionNotFound, writeError } from './session-errors.ts';
import { checkOwner, checkParts } from './session-files.ts';
import { isSessionId, newSessionId } from './session-id.ts';
import { sweep } from './session-listing.ts';
import { SessionLock } from './session-lock.ts';
import { planText, readPlan, type StoredPlan } from './session-plan.ts';
import type {
  ListOptions,
  Session,
  SessionContent,
  SessionPage,
  SessionPlan,
  SessionStore,
  SessionSummary,
  UnreadableSession,
} from './session-port.ts';
import { SessionReader } from './session-reader.ts';
import { loadJournal } from './session-summary.ts';
import { loadRecords } from './task-records.ts';

/** Where sessions are kept, and by whom. */
export interface SessionStoreOptions {
  /** The data folder; the sessions are in its folder `sessions`. It is made with the first session. */
  readonly dataDir: string;
  /** The time. @defaultValue the real one */
  readonly clock?: Clock | undefined;
  /** Makes the id of a new session. @defaultValue time and four random characters, `20261123-191500-k3f9` */
  readonly ids?: (() => string) | undefined;
  /** A number from 0 up to 1, for ids. @defaultValue `Math.random` */
  readonly random?: (() => number) | undefined;
  /** This machine's name, for locks. @defaultValue that of the system */
  readonly hostname?: string | undefined;
  /** This process, for locks. @defaultValue `process.pid` */
  readonly pid?: number | undefined;
  /** The processes of this machine, for locks. @defaultValue those of the system */
  readonly processes?: ProcessTable | undefined;
  /** Milliseconds between two heartbeats of a lock. @defaultValue 5000 */
  readonly heartbeatMs?: number | undefined;
  /** This user's id, who may go on only with sessions of its own or of the data folder's owner. @defaultValue `process.getuid()`, where there is one */
  readonly uid?: number | undefined;
  /** Milliseconds that a lock of which this machine can't tell whether its holder lives is watched without a heartbeat before it is taken over. @defaultValue 30000 */
  readonly staleMs?: number | undefined;
}

/**
 * The sessions of a data folder. Every folder in it is whole and portable: copy it to another data folder or machine and resume it there.
 *
 * @throws OrcError `ERR_ORC_OPTION` when an option is not valid.
 */
export function createSessionStore(options: SessionStoreOptions): SessionStore {
  return new FileSessionStore(options);
}

class FileSessionStore implements SessionStore {
  readonly #dataDir: string;
  readonly #root: string;
  readonly #clock: Clock;
  readonly #ids: () => string;
  readonly #uid: number | undefined;
  readonly #locking: Omit<LockContext, 'session'>;
  readonly #seal: PlanSeal;
  readonly #reader: SessionReader;
  /** One for all sessions: they are on one disk. */
  readonly #flusher = new Flusher();

  constructor(options: SessionStoreOptions) {
    const { dataDir, clock = systemClock, random = Math.random, heartbeatMs = 5000, staleMs = 30_000 } = options;
    if (typeof dataDir !== 'string' || dataDir === '')
      throw new OrcError('ERR_ORC_OPTION', `Expected \`dataDir\` to be the path of a folder, got ${shown(dataDir)}`);
    if (!(heartbeatMs > 0))
      throw new OrcError('ERR_ORC_OPTION', `Expected \`heartbeatMs\` to be a number > 0, got ${shown(heartbeatMs)}`);
    if (!(staleMs >= 2 * heartbeatMs)) {
      throw new OrcError(
        'ERR_ORC_OPTION',
        `Expected \`staleMs\` to be at least twice \`heartbeatMs\`, got ${shown(staleMs)}`,
      );
    }
    this.#dataDir = dataDir;
    this.#root = join(dataDir, 'sessions');
    this.#clock = clock;
    this.#ids = options.ids ?? (() => newSessionId(clock.now(), random));
    this.#uid = options.uid ?? process.getuid?.();
    this.#locking = {
      clock: lockClockOf(clock),
      pid: options.pid ?? process.pid,
      hostname: options.hostname ?? hostname(),
      processes: options.processes ?? systemProcesses(),
      token: () => randomBytes(9).toString('hex'),
      heartbeatMs,
      staleMs,
      held: new Set(),
    };
    this.#seal = new PlanSeal(dataDir, this.#uid);
    this.#reader = new SessionReader(this.#root, this.#locking, this.#seal);
  }

  async create(
    plan: Omit<SessionPlan, 'schema' | 'sessionId' | 'createdAt'>,
    options: { readonly id?: string | undefined } = {},
  ): Promise<Session> {
    if (options.id !== undefined && !isSessionId(options.id)) {
      throw new OrcError(
        'ERR_ORC_OPTION',
        `Expected the id of a session to be letters, digits, \`.\`, \`_\` and \`-\`, got ${shown(options.id)}`,
      );
    }
    for (let attempt = 1; ; attempt += 1) {
      const sessionId = options.id ?? this.#ids();
      try {
        return await this.#create({
          schema: 'orc.plan/1',
          sessionId,
          createdAt: Math.floor(this.#clock.now()),
          ...plan,
        });
      } catch (error) {
        if (isOrcError(error) && error.code === 'ERR_ORC_SESSION_EXISTS' && options.id === undefined && attempt < 20)
          continue;
        throw error;
      }
    }
  }

  async open(id: string): Promise<Session> {
    const dir = this.#reader.dir(id);
    const stored = await readPlan(dir, id);
    await checkParts(dir);
    await checkOwner(dir, this.#dataDir, id, this.#uid);
    const lock = await this.#lock(dir, id);
    return this.#enter(dir, stored, lock, async () => {
      // Nothing is touched before the format is known.
      const content = await loadJournal(dir, id);
      await rm(join(dir, 'tmp'), { recursive: true, force: true });
      const completed = await loadRecords(dir, content);
      const at = Math.floor(this.#clock.now());
      // Not before something is recorded: until then the session stands as it did.
      const preamble = [
        ...(content.wholeBytes === 0 ? [encodeRecord(journalHeader(id, at))] : []),
        encodeRecord({ type: 'open', at }),
      ];
      const { wholeBytes } = content;
      const path = join(dir, 'journal.ndjson');
      const journal = await JournalWriter.open(path, { wholeBytes, preamble }, this.#flusher, () => lock.check());
      const whole = !content.mixed && content.damaged === 0 && completed.size === content.tasks.size;
      return { completed, whole, foreign: !(await this.#seal.holds(stored)), journal };
    });
  }

  read(id: string): Promise<SessionContent> {
    return this.#reader.read(id);
  }

  summary(id: string): Promise<SessionSummary> {
    return this.#reader.summary(id);
  }

  report(id: string): Promise<RunReport | undefined> {
    return this.#reader.report(id);
  }

  reports(pipeline: string, options: { readonly limit: number }): Promise<readonly RunReport[]> {
    return this.#reader.reports(pipeline, options);
  }

  ids(): Promise<readonly string[]> {
    return this.#reader.ids();
  }

  page(options?: ListOptions): Promise<SessionPage> {
    return this.#reader.page(options);
  }

  async list(options?: ListOptions): Promise<readonly SessionSummary[]> {
    return (await this.#reader.page(options)).sessions;
  }

  async latest(): Promise<SessionSummary | undefined> {
    return (await this.#reader.page({ limit: 1 })).sessions[0];
  }

  unreadable(): Promise<readonly UnreadableSession[]> {
    return this.#reader.unreadable();
  }

  async remove(id: string): Promise<void> {
    const dir = this.#reader.dir(id);
    const found = await lstat(dir).catch((error: unknown) => {
      throw systemCode(error) === 'ENOENT' ? sessionNotFound(id) : readError(dir, error);
    });
    // A link is removed, and what it leads to is left alone.
    const lock = found.isDirectory() && isLockable(dir) ? await this.#lock(dir, id) : undefined;
    const aside = join(this.#root, `.removed-${id}-${this.#locking.token()}`);
    try {
      await rename(dir, aside);
    } catch (error) {
      lock?.release();
      throw writeError(this.#root, error);
    }
    lock?.release();
    await rm(aside, { recursive: true, force: true });
  }

  async prune(options: { readonly olderThanMs: number }): Promise<readonly string[]> {
    if (!(options.olderThanMs >= 0)) {
      throw new OrcError(
        'ERR_ORC_OPTION',
        `Expected \`olderThanMs\` to be a number >= 0, got ${shown(options.olderThanMs)}`,
      );
    }
    const removed: string[] = [];
    const { free, held } = await prunable(this.#root, this.#clock.now() - options.olderThanMs, this.#locking);
    for (const id of free) if (await this.#removeOld(id)) removed.push(id);
    // At once: each of their locks is watched.
    const watched = await Promise.all(held.map(async (id) => ((await this.#removeOld(id)) ? [id] : [])));
    removed.push(...watched.flat());
    await sweep(this.#root, this.#clock);
    return removed;
  }

  async #removeOld(id: string): Promise<boolean> {
    try {
      await this.remove(id);
      return true;
    } catch (error) {
      // Somebody resumed or removed it in this moment: theirs, then.
      if (isOrcError(error) && ['ERR_ORC_SESSION_LOCKED', 'ERR_ORC_SESSION_NOT_FOUND'].includes(error.code))
        return false;
      throw error;
    }
  }

  async #create(plan: SessionPlan): Promise<Session> {
    const dir = join(this.#root, plan.sessionId);
    const parts = { locking: this.#locking, flusher: this.#flusher, seal: this.#seal };
    const lock = await makeSessionFolder(this.#root, plan, parts).catch((error: unknown) => {
      throw writeError(this.#root, error);
    });
    return this.#enter(dir, { plan, mac: undefined, madeAs: plan.sessionId }, lock, async () => {
      const path = join(dir, 'journal.ndjson');
      const { size } = await stat(path);
      const journal = await JournalWriter.open(path, { wholeBytes: size }, this.#flusher, () => lock.check());
      return { completed: new Map(), whole: true, foreign: false, journal };
    });
  }

  async #enter(
    dir: string,
    { plan }: StoredPlan,
    lock: SessionLock,
    work: () => Promise<Pick<FileSessionParts, 'completed' | 'whole' | 'foreign' | 'journal'>>,
  ): Promise<Session> {
    try {
      const sealed = async (): Promise<string | undefined> => {
        const mac = await this.#seal.make(plan);
        return mac === undefined ? undefined : planText(plan, mac);
      };
      const { token } = this.#locking;
      const common = { dir, plan, lock, flusher: this.#flusher, clock: this.#clock, token, sealed };
      return new FileSession({ ...common, ...(await work()) });
    } catch (error) {
      lock.release();
      throw writeError(this.#root, error);
    }
  }

  async #lock(dir: string, id: string): Promise<SessionLock> {
    try {
      return await SessionLock.acquire(dir, { ...this.#locking, session: id });
    } catch (error) {
      throw writeError(this.#root, error);
    }
  }
}

// What is no file is no lock, and nobody holds it.
function isLockable(dir: string): boolean {
  try {
    readLock(dir);
    return true;
  } catch {
    return false;
  }
}
