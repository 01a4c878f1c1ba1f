import type { SerializedError } from '../serialize-error.ts';
import { contentOf } from './payload.ts';
import type { RemoteWorkerInfo } from './presence.ts';
import type { Signer } from './signature.ts';
import type { CancelMessage, FailureText, JobData, JobReport, JobReturn } from './wire.ts';

/** The job that a message belongs to. */
export interface SealedJob {
  /** The job. */
  readonly jobId: string;
  /** Its task. */
  readonly task: string;
  /** What its input holds. */
  readonly content: string;
}

/**
 * Signs the messages of one queue, and checks them. Each signature names the queue, the job, the task and the content of its input, so
 * that none fits elsewhere. Without a signer nothing is signed and everything passes.
 */
export class JobSeal {
  readonly #signer: Signer | undefined;
  readonly #scope: string;
  readonly #now: () => number;

  /** For a queue. `now` is the time since 1970. */
  constructor(signer: Signer | undefined, scope: string, now: () => number) {
    this.#signer = signer;
    this.#scope = scope;
    this.#now = now;
  }

  /** Whether messages are signed. */
  get signs(): boolean {
    return this.#signer !== undefined;
  }

  /** Signs a job, which may start within `validMs`. */
  job(jobId: string, task: string, data: Omit<JobData, 'until' | 'mac'>, validMs: number): JobData {
    if (this.#signer === undefined) return data;
    const dated: JobData = { ...data, until: Math.ceil(this.#now() + validMs) };
    return { ...dated, mac: this.#signer.sign('job', this.#ofJob(jobId, task, dated)) };
  }

  /** Why a worker must not run a job; `undefined` when it may. */
  jobProblem(jobId: string, task: string, data: JobData): string | undefined {
    if (this.#signer === undefined) return undefined;
    if (data.mac === undefined) return 'it is not signed';
    if (!this.#signer.verify('job', this.#ofJob(jobId, task, data), data.mac))
      return 'its signature does not fit: it was signed with another secret, or changed on the way';
    return (data.until ?? 0) < this.#now() ? 'its signature has run out: it is too old' : undefined;
  }

  /** Signs a result. */
  result(job: SealedJob, result: JobReturn): JobReturn {
    if (this.#signer === undefined) return result;
    return { ...result, mac: this.#signer.sign('result', this.#ofResult(job, result)) };
  }

  /** Whether a result is a worker's answer to exactly this job. */
  isResult(job: SealedJob, result: JobReturn): boolean {
    return this.#signer?.verify('result', this.#ofResult(job, result), result.mac) ?? true;
  }

  /** Signs a failure. */
  failure(job: SealedJob, failure: FailureText): FailureText {
    if (this.#signer === undefined) return failure;
    return { ...failure, mac: this.#signer.sign('failure', this.#ofFailure(job, failure)) };
  }

  /** Whether a failure is a worker's answer to exactly this job. */
  isFailure(job: SealedJob, failure: FailureText): boolean {
    return this.#signer?.verify('failure', this.#ofFailure(job, failure), failure.mac) ?? true;
  }

  /** Signs a report. */
  report(jobId: string, report: JobReport): JobReport {
    if (this.#signer === undefined) return report;
    return { ...report, mac: this.#signer.sign(report.k, this.#ofReport(jobId, report)) };
  }

  /** Whether a report comes from a worker. */
  isReport(jobId: string, report: JobReport): boolean {
    return this.#signer?.verify(report.k, this.#ofReport(jobId, report), report.mac) ?? true;
  }

  /** Signs a cancellation. */
  cancel(jobId: string, reason: SerializedError): CancelMessage {
    if (this.#signer === undefined) return { jobId, reason };
    return { jobId, reason, mac: this.#signer.sign('cancel', this.#ofCancel(jobId, reason)) };
  }

  /** Whether a cancellation comes from a coordinator. */
  isCancel({ jobId, reason, mac }: CancelMessage): boolean {
    return this.#signer?.verify('cancel', this.#ofCancel(jobId, reason), mac) ?? true;
  }

  #ofJob(jobId: string, task: string, data: JobData): string[] {
    const { id, attempt, timeoutMs, progress, until, input } = data;
    const rest = [attempt, timeoutMs, progress, until].map((value) => (value === undefined ? '' : String(value)));
    return [this.#scope, jobId, task, id, ...rest, contentOf(input)];
  }

  #ofResult({ jobId, task, content }: SealedJob, { value, worker, threadId }: JobReturn): string[] {
    return [
      this.#scope,
      jobId,
      task,
      content,
      contentOf(value),
      worker,
      threadId === undefined ? '' : String(threadId),
    ];
  }

  #ofFailure({ jobId, task, content }: SealedJob, { error, worker, ended }: FailureText): string[] {
    return [this.#scope, jobId, task, content, contentOf(error), worker, ended ?? ''];
  }

  #ofReport(jobId: string, report: JobReport): string[] {
    const what = report.k === 'progress' ? [String(report.count), contentOf(report.value)] : [report.worker];
    return [this.#scope, jobId, ...what];
  }

  #ofCancel(jobId: string, reason: SerializedError): string[] {
    return [this.#scope, jobId, JSON.stringify(reason)];
  }
}

/** What a worker's signature of itself covers. */
export function fieldsOfWorker(scope: string, info: RemoteWorkerInfo): string[] {
  const { name, host, pid, tasks, concurrency, running, about } = info;
  return [scope, name, host, String(pid), JSON.stringify(tasks), String(concurrency), String(running), about ?? ''];
}
