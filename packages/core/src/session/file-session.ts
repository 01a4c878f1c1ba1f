import { lstatSync, mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';

import type { JsonObject, JsonValue } from '@orc/cache';

import type { Clock } from '../clock.ts';
import { OrcError } from '../errors.ts';
import type { RunStatus } from '../events.ts';
import { writeArtifactFile } from './artifact-files.ts';
import { folderMode, replaceDurable } from './durable-files.ts';
import type { Flusher } from './flusher.ts';
import { encodeRecord, type TaskLine } from './journal-record.ts';
import type { JournalWriter } from './journal-writer.ts';
import { OutputFiles, outputForm, type LargeOutput, unwritten } from './output-files.ts';
import { unfitPart, writeError } from './session-errors.ts';
import type { SessionLock } from './session-lock.ts';
import type {
  AppendOptions,
  ArtifactRecord,
  Session,
  SessionPlan,
  StagedFile,
  StagedOutput,
  TaskRecord,
} from './session-port.ts';

/** What an open session is made of. */
export interface FileSessionParts {
  /** Its folder. */
  readonly dir: string;
  /** Its plan. */
  readonly plan: SessionPlan;
  /** What its journal held. */
  readonly completed: ReadonlyMap<string, TaskRecord>;
  /** Whether that belongs together. */
  readonly whole: boolean;
  /** Whether the session was made elsewhere. */
  readonly foreign: boolean;
  /** The text of a plan that says that it was made here; `undefined` where the data folder can't keep a key. */
  readonly sealed: () => Promise<string | undefined>;
  /** The appending end of its journal. */
  readonly journal: JournalWriter;
  /** Its lock, held. */
  readonly lock: SessionLock;
  /** Flushes what is written. */
  readonly flusher: Flusher;
  /** The time. */
  readonly clock: Clock;
  /** Makes texts that are never made twice. */
  readonly token: () => string;
}

type TaskFacts = Omit<TaskLine, 'type' | 'at'>;

/** An open session in a folder. */
export class FileSession implements Session {
  readonly id: string;
  readonly dir: string;
  readonly artifactsDir: string;
  readonly plan: SessionPlan;
  readonly completed: ReadonlyMap<string, TaskRecord>;
  readonly whole: boolean;
  readonly foreign: boolean;
  readonly #parts: FileSessionParts;
  readonly #done: Set<string>;
  readonly #pending = new Set<Promise<unknown>>();
  readonly #tempDir: string;
  readonly #outputsDir: string;
  readonly #outputs: OutputFiles;
  /** Names of temporary files: another process that believes it holds the lock makes others. */
  readonly #token: string;
  #temps = 0;
  #closing: Promise<void> | undefined;

  /** Makes the session of an opened folder. */
  constructor(parts: FileSessionParts) {
    this.#parts = parts;
    this.id = parts.plan.sessionId;
    this.dir = parts.dir;
    this.artifactsDir = join(parts.dir, 'artifacts');
    this.#tempDir = join(parts.dir, 'tmp');
    this.#outputsDir = join(parts.dir, 'outputs');
    this.#token = parts.token();
    this.#outputs = new OutputFiles(this.#outputsDir, parts.flusher);
    this.plan = parts.plan;
    this.completed = parts.completed;
    this.whole = parts.whole;
    this.foreign = parts.foreign;
    this.#done = new Set(parts.completed.keys());
  }

  writeArtifact(path: string, content: string | Uint8Array): Promise<ArtifactRecord> {
    return this.#track(async () => {
      this.#parts.lock.check();
      return writeArtifactFile(this.artifactsDir, path, content, this.#temp(), this.#parts.flusher);
    });
  }

  stage(output: JsonValue): StagedOutput | undefined {
    const form = outputForm(output);
    if (form === undefined || 'json' in form) return form;
    const file = this.#stage(form);
    // What goes wrong is told by `append`.
    this.#await(file.flushed);
    return file;
  }

  append(record: TaskRecord, options: AppendOptions = {}): Promise<void> {
    return this.#track(() => this.#append(record, options));
  }

  note(type: string, data: JsonObject): Promise<void> {
    return this.#track(async () =>
      this.#parts.journal.ride(encodeRecord({ type: 'note', at: this.#now(), name: type, data })),
    );
  }

  adopt(): Promise<void> {
    return this.#track(async () => {
      if (!this.foreign) return;
      this.#parts.lock.check();
      const text = await this.#parts.sealed();
      if (text !== undefined)
        await replaceDurable(join(this.dir, 'plan.json'), text, this.#temp(), this.#parts.flusher);
    });
  }

  writeReport(report: JsonObject): Promise<void> {
    return this.#track(async () => {
      this.#parts.lock.check();
      const text = `${JSON.stringify(report, null, 2)}\n`;
      await replaceDurable(join(this.dir, 'report.json'), text, this.#temp(), this.#parts.flusher);
    });
  }

  async finish(status: Exclude<RunStatus, 'interrupted'>, error?: JsonObject): Promise<void> {
    this.#refuseClosed();
    await this.#settle();
    const { lock } = this.#parts;
    const end = {
      type: 'end' as const,
      at: this.#now(),
      status,
      tasks: this.#done.size,
      ...(error === undefined ? {} : { error }),
    };
    try {
      // An open file goes on to be written when its folder is gone; so this is the moment to look.
      lock.confirm();
      await this.#track(() => this.#parts.journal.append(encodeRecord(end)));
    } finally {
      await this.close();
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #append(record: TaskRecord, { durable, staged = this.stage(record.output) }: AppendOptions): Promise<void> {
    const { output: _, ...rest } = record;
    if (staged === undefined) {
      throw new OrcError(
        'ERR_ORC_OUTPUT_NOT_JSON',
        `Expected the output of task \`${record.task}\` to be JSON, got undefined`,
        { task: record.task, phase: record.phase, retryable: false },
      );
    }
    if ('json' in staged) await this.#write(this.#line(rest, staged.json), durable);
    else await this.#appendWithFile(rest, staged, durable);
    this.#done.add(record.task);
  }

  #line(record: TaskFacts, json?: string): string {
    return encodeRecord({ type: 'task', at: this.#now(), ...readable(record) }, json);
  }

  #stage(output: LargeOutput): StagedFile {
    try {
      this.#refuseClosed();
      this.#parts.lock.check();
      return this.#outputs.stage(output, this.#temp());
    } catch (error) {
      return unwritten(output, error);
    }
  }

  // The record is written once the file can be read under its name; then the disk gets all of it at once. Should it get the record alone before the
  // power fails, the task counts as not done: whoever reads a record checks the file that it names, and nobody has been told of it yet.
  async #appendWithFile(record: TaskFacts, file: StagedFile, durable: boolean | undefined): Promise<void> {
    const placed = await this.#outputs.place(file, record.outputDigest);
    const line = this.#line({ ...record, outputFile: placed.name, ...(file.text ? { outputText: true } : {}) });
    const written = this.#write(line, durable);
    // A hit waits for no flush, and neither for that of its file.
    if (durable === false) this.#await(placed.durable);
    else await Promise.all([placed.durable, written]);
    await written;
  }

  async #write(line: string, durable = true): Promise<void> {
    if (durable) await this.#parts.journal.append(line);
    else this.#parts.journal.ride(line);
  }

  async #close(): Promise<void> {
    await this.#settle();
    try {
      await this.#parts.journal.close();
      await rm(this.#tempDir, { recursive: true, force: true });
    } finally {
      this.#parts.lock.release();
    }
  }

  /** Has the end of the session wait for something, which may fail: a file of it is open until then. */
  #await(work: Promise<void>): void {
    const ended = work.catch(() => undefined).finally(() => this.#pending.delete(ended));
    this.#pending.add(ended);
  }

  async #settle(): Promise<void> {
    while (this.#pending.size > 0) await Promise.allSettled(this.#pending);
  }

  async #track<T>(work: () => Promise<T>): Promise<T> {
    this.#refuseClosed();
    const promise = work();
    this.#pending.add(promise);
    try {
      return await promise;
    } catch (error) {
      throw writeError(this.dir, error);
    } finally {
      this.#pending.delete(promise);
    }
  }

  #refuseClosed(): void {
    if (this.#closing === undefined) return;
    throw new OrcError('ERR_ORC_SESSION_CLOSED', `Expected session \`${this.id}\` to be open, but it was closed`, {
      retryable: false,
    });
  }

  #temp(): string {
    // Not there in a new session, or not any more: a copy may leave empty folders out, and somebody may tidy up.
    for (const folder of [this.#tempDir, this.#outputsDir]) {
      const found = lstatSync(folder, { throwIfNoEntry: false });
      if (found?.isDirectory() === true) continue;
      if (found !== undefined) throw unfitPart(this.dir, basename(folder), found.isFile() ? 'a file' : 'a link');
      try {
        mkdirSync(folder, { mode: folderMode });
      } catch (error) {
        // All of it may be gone: then the lock is too, and says so.
        this.#parts.lock.confirm();
        throw error;
      }
    }
    this.#temps += 1;
    return join(this.#tempDir, `${this.#token}-${this.#temps}`);
  }

  #now(): number {
    return Math.floor(this.#parts.clock.now());
  }
}

// What a model's client or a clock of somebody's own says may be no amount; a record with such a number would count as damaged, and its task as not done.
function readable(record: TaskFacts): TaskFacts {
  const { usage, costUsd, durationMs } = record;
  return {
    ...record,
    durationMs: amount(durationMs),
    ...(usage === undefined
      ? {}
      : {
          usage: {
            inputTokens: amount(usage.inputTokens),
            cachedInputTokens: amount(usage.cachedInputTokens),
            outputTokens: amount(usage.outputTokens),
          },
        }),
    ...(costUsd === undefined ? {} : { costUsd: costUsd === null || !(costUsd >= 0) ? null : amount(costUsd) }),
  };
}

function amount(value: number): number {
  return value >= 0 ? Math.min(value, Number.MAX_SAFE_INTEGER) : 0;
}
