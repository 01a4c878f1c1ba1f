import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { JsonObject } from '@orc/cache';

import type { Clock } from '../clock.ts';
import { OrcError } from '../errors.ts';
import type { RunStatus } from '../events.ts';
import { writeArtifactFile } from './artifact-files.ts';
import { makeFolder, replaceDurable } from './durable-files.ts';
import { encodeRecord, type TaskLine } from './journal-record.ts';
import type { JournalWriter } from './journal-writer.ts';
import { OutputFiles, outputForm, type OutputForm } from './output-files.ts';
import type { SessionLock } from './session-lock.ts';
import type { ArtifactRecord, Session, SessionPlan, TaskRecord } from './session-port.ts';

/** What an open session is made of. */
export interface FileSessionParts {
  /** Its folder. */
  readonly dir: string;
  /** Its plan. */
  readonly plan: SessionPlan;
  /** What its journal held. */
  readonly completed: ReadonlyMap<string, TaskRecord>;
  /** The appending end of its journal. */
  readonly journal: JournalWriter;
  /** Its lock, held. */
  readonly lock: SessionLock;
  /** The time. */
  readonly clock: Clock;
  /** Makes texts that are never made twice. */
  readonly token: () => string;
}

/** An open session in a folder. */
export class FileSession implements Session {
  readonly id: string;
  readonly dir: string;
  readonly artifactsDir: string;
  readonly plan: SessionPlan;
  readonly completed: ReadonlyMap<string, TaskRecord>;
  readonly #parts: FileSessionParts;
  readonly #done: Set<string>;
  readonly #pending = new Set<Promise<unknown>>();
  readonly #outputs: OutputFiles;
  #closing: Promise<void> | undefined;

  /** Makes the session of an opened folder. */
  constructor(parts: FileSessionParts) {
    this.#parts = parts;
    this.id = parts.plan.sessionId;
    this.dir = parts.dir;
    this.artifactsDir = join(parts.dir, 'artifacts');
    this.#outputs = new OutputFiles(join(parts.dir, 'outputs'));
    this.plan = parts.plan;
    this.completed = parts.completed;
    this.#done = new Set(parts.completed.keys());
  }

  writeArtifact(path: string, content: string | Uint8Array): Promise<ArtifactRecord> {
    return this.#track(async () => {
      this.#parts.lock.check();
      return writeArtifactFile(this.artifactsDir, path, content, await this.#temp());
    });
  }

  append(record: TaskRecord, options: { readonly durable?: boolean | undefined } = {}): Promise<void> {
    return this.#track(() => this.#append(record, options.durable !== false));
  }

  note(type: string, data: JsonObject): Promise<void> {
    return this.#track(async () =>
      this.#parts.journal.ride(encodeRecord({ type: 'note', at: this.#now(), name: type, data })),
    );
  }

  writeReport(report: JsonObject): Promise<void> {
    return this.#track(async () => {
      this.#parts.lock.check();
      await replaceDurable(join(this.dir, 'report.json'), `${JSON.stringify(report, null, 2)}\n`, await this.#temp());
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

  async #append(record: TaskRecord, durable: boolean): Promise<void> {
    const { output, ...rest } = record;
    const form = outputForm(output, record.outputDigest);
    if (form === undefined) {
      throw new OrcError(
        'ERR_ORC_OUTPUT_NOT_JSON',
        `Expected the output of task \`${record.task}\` to be JSON, got undefined`,
        { task: record.task, phase: record.phase, retryable: false },
      );
    }
    const line = 'json' in form ? this.#line(rest, form.json) : await this.#lineWithFile(rest, form);
    if (durable) await this.#parts.journal.append(line);
    else this.#parts.journal.ride(line);
    this.#done.add(record.task);
  }

  #line(record: Omit<TaskLine, 'type' | 'at'>, json?: string): string {
    return encodeRecord({ type: 'task', at: this.#now(), ...record }, json);
  }

  async #lineWithFile(
    record: Omit<TaskLine, 'type' | 'at'>,
    { file, content, text }: Extract<OutputForm, { file: string }>,
  ): Promise<string> {
    this.#parts.lock.check();
    await this.#outputs.write(file, content, await this.#temp());
    return this.#line({ ...record, outputFile: file, ...(text ? { outputText: true } : {}) });
  }

  async #close(): Promise<void> {
    await this.#settle();
    try {
      await this.#parts.journal.close();
      await rm(join(this.dir, 'tmp'), { recursive: true, force: true });
    } finally {
      this.#parts.lock.release();
    }
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

  async #temp(): Promise<string> {
    // Not there in a new session, or not any more: a copy may leave empty folders out, and somebody may tidy up.
    for (const name of ['tmp', 'outputs']) {
      const folder = join(this.dir, name);
      if (!existsSync(folder)) await makeFolder(folder);
    }
    return join(this.dir, 'tmp', this.#parts.token());
  }

  #now(): number {
    return Math.floor(this.#parts.clock.now());
  }
}
