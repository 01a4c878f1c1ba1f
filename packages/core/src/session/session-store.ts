import { randomBytes } from 'node:crypto';
import { rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

import { systemClock } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { OrcError, isOrcError, shown } from '../errors.ts';
import { Flusher } from './flusher.ts';
import { systemCode } from './system-code.ts';
import { FileSession } from './file-session.ts';
import type { FileSessionParts } from './file-session.ts';
import { encodeRecord, journalHeader } from './journal-record.ts';
import { JournalWriter } from './journal-writer.ts';
import { makeSessionFolder } from './new-folder.ts';
import { systemProcesses } from './process-table.ts';
import type { ProcessTable } from './process-table.ts';
import { sessionNotFound, writeError } from './session-errors.ts';
import { isSessionId, newSessionId } from './session-id.ts';
import { readPlans, readReport, sweep, touchedAt } from './session-listing.ts';
import { SessionLock } from './session-lock.ts';
import type { LockContext } from './lock-holder.ts';
import { readPlan } from './session-plan.ts';
import type {
  Session,
  SessionContent,
  SessionPlan,
  SessionStore,
  SessionSummary,
  UnreadableSession,
} from './session-port.ts';
import { journalFacts, loadJournal, summarize } from './session-summary.ts';
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
  /** Milliseconds without a heartbeat after which another machine's lock counts as left behind. @defaultValue 30000 */
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
  readonly #root: string;
  readonly #ids: () => string;
  readonly #locking: Omit<LockContext, 'session'>;
  /** One for all sessions: they are on one disk. */
  readonly #flusher = new Flusher();

  constructor(options: SessionStoreOptions) {
    if (typeof options.dataDir !== 'string' || options.dataDir === '') {
      throw new OrcError(
        'ERR_ORC_OPTION',
        `Expected \`dataDir\` to be the path of a folder, got ${shown(options.dataDir)}`,
      );
    }
    const clock = options.clock ?? systemClock;
    const random = options.random ?? Math.random;
    const heartbeatMs = options.heartbeatMs ?? 5000;
    const staleMs = options.staleMs ?? 30_000;
    if (!(heartbeatMs > 0))
      throw new OrcError('ERR_ORC_OPTION', `Expected \`heartbeatMs\` to be a number > 0, got ${shown(heartbeatMs)}`);
    if (!(staleMs >= 2 * heartbeatMs)) {
      throw new OrcError(
        'ERR_ORC_OPTION',
        `Expected \`staleMs\` to be at least twice \`heartbeatMs\`, got ${shown(staleMs)}`,
      );
    }
    this.#root = join(options.dataDir, 'sessions');
    this.#ids = options.ids ?? (() => newSessionId(clock.now(), random));
    this.#locking = {
      clock,
      pid: options.pid ?? process.pid,
      hostname: options.hostname ?? hostname(),
      processes: options.processes ?? systemProcesses(),
      token: () => randomBytes(9).toString('hex'),
      heartbeatMs,
      staleMs,
    };
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
          createdAt: Math.floor(this.#locking.clock.now()),
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
    const dir = this.#dir(id);
    const plan = await readPlan(dir, id);
    const lock = this.#lock(dir, id);
    return this.#enter(dir, plan, lock, async () => {
      // Nothing is touched before the format is known.
      const content = await loadJournal(dir, id);
      await rm(join(dir, 'tmp'), { recursive: true, force: true });
      const completed = await loadRecords(dir, content);
      const journal = await JournalWriter.open(join(dir, 'journal.ndjson'), content.wholeBytes, this.#flusher, () =>
        lock.check(),
      );
      const at = Math.floor(this.#locking.clock.now());
      if (content.wholeBytes === 0) journal.ride(encodeRecord(journalHeader(id, at)));
      journal.ride(encodeRecord({ type: 'open', at }));
      const whole = !content.mixed && content.damaged === 0 && completed.size === content.tasks.size;
      return { completed, whole, journal };
    });
  }

  async read(id: string): Promise<SessionContent> {
    const dir = this.#dir(id);
    const plan = await readPlan(dir, id);
    const content = await loadJournal(dir, id);
    const summary = await summarize(dir, plan, { ...content, tasksDone: content.tasks.size }, this.#locking);
    const report = await readReport(dir);
    return { plan, records: await loadRecords(dir, content), summary, ...(report === undefined ? {} : { report }) };
  }

  async list(): Promise<readonly SessionSummary[]> {
    const { plans } = await readPlans(this.#root);
    const summaries: SessionSummary[] = [];
    for (const plan of plans) {
      const summary = await this.#summary(plan);
      if (summary !== undefined) summaries.push(summary);
    }
    return summaries;
  }

  async latest(): Promise<SessionSummary | undefined> {
    const { plans } = await readPlans(this.#root);
    for (const plan of plans) {
      const summary = await this.#summary(plan);
      if (summary !== undefined) return summary;
    }
    return undefined;
  }

  async unreadable(): Promise<readonly UnreadableSession[]> {
    const { plans, errors } = await readPlans(this.#root);
    const all = new Map(errors);
    for (const { sessionId } of plans) {
      try {
        await journalFacts(join(this.#root, sessionId), sessionId);
      } catch (error) {
        if (!isOrcError(error)) throw error;
        all.set(sessionId, error);
      }
    }
    const found = [...all].map(async ([id, error]) => {
      const dir = join(this.#root, id);
      return { id, dir, updatedAt: await touchedAt(dir), error };
    });
    return await Promise.all(found);
  }

  async remove(id: string): Promise<void> {
    const dir = this.#dir(id);
    await stat(dir).catch((error: unknown) => {
      throw systemCode(error) === 'ENOENT' ? sessionNotFound(id) : error;
    });
    const lock = this.#lock(dir, id);
    const aside = join(this.#root, `.removed-${id}-${this.#locking.token()}`);
    try {
      await rename(dir, aside);
    } catch (error) {
      lock.release();
      throw writeError(this.#root, error);
    }
    lock.release();
    await rm(aside, { recursive: true, force: true });
  }

  async prune(options: { readonly olderThanMs: number }): Promise<readonly string[]> {
    if (!(options.olderThanMs >= 0)) {
      throw new OrcError(
        'ERR_ORC_OPTION',
        `Expected \`olderThanMs\` to be a number >= 0, got ${shown(options.olderThanMs)}`,
      );
    }
    const before = this.#locking.clock.now() - options.olderThanMs;
    const removed: string[] = [];
    const readable = (await this.list()).filter(({ status }) => status !== 'running');
    // What a later version wrote is not damaged.
    const damaged = (await this.unreadable()).filter(({ error }) => error.code === 'ERR_ORC_SESSION_CORRUPT');
    for (const { id, updatedAt } of [...readable, ...damaged]) {
      if (updatedAt >= before) continue;
      try {
        await this.remove(id);
        removed.push(id);
      } catch (error) {
        // Somebody resumed or removed it in this moment: theirs, then.
        if (!isOrcError(error) || !['ERR_ORC_SESSION_LOCKED', 'ERR_ORC_SESSION_NOT_FOUND'].includes(error.code))
          throw error;
      }
    }
    await sweep(this.#root, this.#locking.clock);
    return removed;
  }

  async #create(plan: SessionPlan): Promise<Session> {
    const dir = join(this.#root, plan.sessionId);
    const lock = await makeSessionFolder(this.#root, plan, this.#locking, this.#flusher).catch((error: unknown) => {
      throw writeError(this.#root, error);
    });
    return this.#enter(dir, plan, lock, async () => {
      const path = join(dir, 'journal.ndjson');
      const { size } = await stat(path);
      const journal = await JournalWriter.open(path, size, this.#flusher, () => lock.check());
      return { completed: new Map(), whole: true, journal };
    });
  }

  async #enter(
    dir: string,
    plan: SessionPlan,
    lock: SessionLock,
    work: () => Promise<Pick<FileSessionParts, 'completed' | 'whole' | 'journal'>>,
  ): Promise<Session> {
    try {
      const { clock, token } = this.#locking;
      return new FileSession({ dir, plan, lock, flusher: this.#flusher, clock, token, ...(await work()) });
    } catch (error) {
      lock.release();
      throw writeError(this.#root, error);
    }
  }

  async #summary(plan: SessionPlan): Promise<SessionSummary | undefined> {
    const dir = join(this.#root, plan.sessionId);
    try {
      return await summarize(dir, plan, await journalFacts(dir, plan.sessionId), this.#locking);
    } catch (error) {
      if (isOrcError(error)) return undefined;
      throw error;
    }
  }

  #dir(id: string): string {
    if (!isSessionId(id)) throw sessionNotFound(id);
    return join(this.#root, id);
  }

  #lock(dir: string, id: string): SessionLock {
    try {
      return SessionLock.acquire(dir, { ...this.#locking, session: id });
    } catch (error) {
      throw writeError(this.#root, error);
    }
  }
}
