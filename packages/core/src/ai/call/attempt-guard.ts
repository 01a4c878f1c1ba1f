import { longestWait, type Clock } from '../../clock.ts';
import { ModelError } from '../model-error.ts';

// How much longer than silence keep-alives, or the queue of a server, may go on without a part of the reply.
const keepAliveFactor = 10;

/** What bounds one attempt. */
export interface AttemptGuardOptions {
  /** Where time comes from. */
  readonly clock: Clock;
  /** The caller's signal. */
  readonly signal: AbortSignal;
  /** The longest silence, in milliseconds; 0 = any. Bytes without a part of the reply are life for ten times as long. */
  readonly stallMs: number;
  /**
   * Whether the server may answer one call after the other, so that ten times as long may pass before its first byte.
   * @defaultValue false
   */
  readonly queues?: boolean | undefined;
  /** When the call has to be over, in milliseconds since the epoch. */
  readonly deadlineAt: number;
  /** The model, for messages. */
  readonly model: string;
}

/** The signal of one attempt: fires with the caller's reason, or with an error when nothing came for too long. */
export class AttemptGuard implements Disposable {
  readonly #options: AttemptGuardOptions;
  readonly #controller = new AbortController();
  readonly #forward: () => void;
  #timer: unknown;
  #lastPartAt: number;
  #lastByteAt: number;
  #begun: boolean;

  /** Starts to watch. */
  constructor(options: AttemptGuardOptions) {
    this.#options = options;
    this.#lastPartAt = options.clock.now();
    this.#lastByteAt = this.#lastPartAt;
    this.#begun = options.queues !== true;
    this.#forward = () => this.#controller.abort(options.signal.reason);
    if (options.signal.aborted) this.#forward();
    else options.signal.addEventListener('abort', this.#forward, { once: true });
    this.#arm();
  }

  /** The attempt's own signal. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** A part of the reply came. */
  touch(): void {
    this.alive();
    this.#lastPartAt = this.#lastByteAt;
  }

  /** Bytes came: a keep-alive, or the server's first. */
  alive(): void {
    this.#lastByteAt = this.#options.clock.now();
    if (this.#begun) return;
    this.#begun = true;
    this.#lastPartAt = this.#lastByteAt;
    this.#arm();
  }

  /** Ends the attempt for a reason of its own. */
  end(reason: ModelError): void {
    this.#controller.abort(reason);
  }

  /** Stops watching and ends what is still in flight. */
  [Symbol.dispose](): void {
    this.#options.clock.clearTimeout(this.#timer);
    this.#options.signal.removeEventListener('abort', this.#forward);
    this.#controller.abort(new DOMException('The attempt is over', 'AbortError'));
  }

  // One timer for the whole attempt, set again for the rest: a chunk costs no timer.
  #arm(): void {
    const { clock, stallMs, deadlineAt, model } = this.#options;
    clock.clearTimeout(this.#timer);
    if (this.#controller.signal.aborted) return;
    const longestAt = this.#lastPartAt + stallMs * keepAliveFactor;
    const silentAt = this.#begun ? Math.min(this.#lastByteAt + stallMs, longestAt) : longestAt;
    const stallAt = stallMs > 0 ? silentAt : Infinity;
    const dueAt = Math.min(stallAt, deadlineAt);
    if (dueAt === Infinity) return;
    const remaining = dueAt - clock.now();
    if (remaining > 0) {
      // A longer timer than Node can hold fires at once.
      this.#timer = clock.setTimeout(() => this.#arm(), Math.min(remaining, longestWait));
      return;
    }
    this.#controller.abort(stallAt <= deadlineAt ? stalled(model, stallMs) : overdue(model));
  }
}

function stalled(model: string, stallMs: number): ModelError {
  return new ModelError('ERR_ORC_MODEL_TIMEOUT', `${model} sent nothing for ${stallMs / 1000} s`, {
    retryable: true,
    hint: 'If the model is only slow, raise `ai.timeout`.',
  });
}

/** The error of a call whose time is up. */
export function overdue(model: string, cause?: unknown): ModelError {
  return new ModelError('ERR_ORC_MODEL_TIMEOUT', `The call to ${model} was not over at its deadline`, {
    retryable: false,
    cause,
    hint: 'Raise `limits.phase_timeout`, or ask for less at once.',
  });
}
