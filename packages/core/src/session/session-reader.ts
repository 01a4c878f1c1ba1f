import { join } from 'node:path';

import { OrcError, shown } from '../errors.ts';
import { parseReport } from '../report/report-schema.ts';
import type { RunReport } from '../report/run-report.ts';
import type { PlanSeal } from './plan-seal.ts';
import { corruptPart, readError, sessionNotFound } from './session-errors.ts';
import { checkParts, partBytes, readPart } from './session-files.ts';
import { isSessionId } from './session-id.ts';
import { newestFirst, sessionNames, touchedAt } from './session-listing.ts';
import { readPlan } from './session-plan.ts';
import type {
  ListOptions,
  SessionContent,
  SessionPage,
  SessionPlan,
  SessionSummary,
  UnreadableSession,
} from './session-port.ts';
import { endOf, folderBytes, journalFacts, loadJournal, summarize, type LockLook } from './session-summary.ts';
import { loadRecords } from './task-records.ts';

/** The most sessions that are looked at for the history of a pipeline. */
const historyLength = 200;

/** Reads the sessions of a folder. It takes no lock and writes nothing. */
export class SessionReader {
  readonly #root: string;
  readonly #look: LockLook;
  readonly #seal: PlanSeal;

  /** Reads the sessions in a folder. */
  constructor(root: string, look: LockLook, seal: PlanSeal) {
    this.#root = root;
    this.#look = look;
    this.#seal = seal;
  }

  /** The folder of a session. */
  dir(id: string): string {
    if (!isSessionId(id)) throw sessionNotFound(id);
    return join(this.#root, id);
  }

  /** All that a session's folder says. */
  async read(id: string): Promise<SessionContent> {
    const dir = this.dir(id);
    try {
      const stored = await readPlan(dir, id);
      await checkParts(dir);
      const { plan } = stored;
      const content = await loadJournal(dir, id);
      const facts = { ...content, tasksDone: content.tasks.size };
      const report = await this.#report(dir, id).catch(() => undefined);
      return {
        plan,
        records: await loadRecords(dir, content),
        summary: { ...summarize(dir, plan, facts, this.#look), bytes: await folderBytes(dir) },
        foreign: !(await this.#seal.holds(stored)),
        ...(report === undefined ? {} : { report }),
      };
    } catch (error) {
      throw readError(dir, error);
    }
  }

  /** One session as a list shows it. */
  async summary(id: string): Promise<SessionSummary> {
    const dir = this.dir(id);
    return this.#summary(dir, (await readPlan(dir, id)).plan);
  }

  /** The report of a session. */
  async report(id: string): Promise<RunReport | undefined> {
    const dir = this.dir(id);
    await readPlan(dir, id);
    return this.#report(dir, id);
  }

  /** The reports of the latest successful runs of a pipeline. */
  async reports(pipeline: string, { limit }: { readonly limit: number }): Promise<readonly RunReport[]> {
    const reports: RunReport[] = [];
    let looked = 0;
    for await (const found of newestFirst(this.#root)) {
      looked += 1;
      if ('stored' in found && found.stored.plan.pipeline.id === pipeline) {
        const dir = join(this.#root, found.id);
        const report =
          (await endOf(dir)) === 'succeeded' ? await this.#report(dir, found.id).catch(() => undefined) : undefined;
        if (report !== undefined) reports.push(report);
      }
      if (reports.length >= limit || looked >= historyLength) break;
    }
    return reports;
  }

  /** The names of all session folders. */
  ids(): Promise<readonly string[]> {
    return sessionNames(this.#root);
  }

  /** The newest sessions, those too that can't be read. */
  async page({ limit = Number.POSITIVE_INFINITY }: ListOptions = {}): Promise<SessionPage> {
    if (!(limit >= 1))
      throw new OrcError('ERR_ORC_OPTION', `Expected \`limit\` to be a number >= 1, got ${shown(limit)}`);
    const sessions: SessionSummary[] = [];
    const unreadable: UnreadableSession[] = [];
    let looked = 0;
    for await (const found of newestFirst(this.#root)) {
      looked += 1;
      try {
        if ('error' in found) throw found.error;
        sessions.push(await this.#summary(join(this.#root, found.id), found.stored.plan));
      } catch (error) {
        unreadable.push(await this.#unreadable(found.id, error));
      }
      if (sessions.length >= limit) break;
    }
    // One by one where all were looked at: a folder that is no session is not counted.
    const left = sessions.length < limit ? 0 : Math.max(0, (await this.ids()).length - looked);
    return { sessions, unreadable, left };
  }

  /** The sessions that can't be read, without weighing those that can. */
  async unreadable(): Promise<readonly UnreadableSession[]> {
    const all: UnreadableSession[] = [];
    for await (const found of newestFirst(this.#root)) {
      try {
        if ('error' in found) throw found.error;
        await journalFacts(join(this.#root, found.id), found.id);
      } catch (error) {
        all.push(await this.#unreadable(found.id, error));
      }
    }
    return all;
  }

  async #summary(dir: string, plan: SessionPlan): Promise<SessionSummary> {
    try {
      const facts = await journalFacts(dir, plan.sessionId);
      return { ...summarize(dir, plan, facts, this.#look), bytes: await folderBytes(dir) };
    } catch (error) {
      throw readError(dir, error);
    }
  }

  async #unreadable(id: string, error: unknown): Promise<UnreadableSession> {
    const dir = join(this.#root, id);
    return { id, dir, updatedAt: await touchedAt(dir), error: readError(dir, error) };
  }

  async #report(dir: string, id: string): Promise<RunReport | undefined> {
    const text = await readPart(dir, 'report.json', partBytes.report);
    if (text === undefined) return undefined;
    let report: RunReport | undefined;
    try {
      report = parseReport(JSON.parse(text));
    } catch (error) {
      throw corruptPart(id, 'report.json', "hold a report, but it can't be read as one", error);
    }
    if (report === undefined) throw corruptPart(id, 'report.json', "hold a report, but it can't be read as one");
    return report;
  }
}
