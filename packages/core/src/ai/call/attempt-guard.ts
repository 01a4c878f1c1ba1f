import { longestWait, type Clock } from '../../clock.ts';
import { ModelError } from '../model-error.ts';

/** What bounds one attempt. */
export interface AttemptGuardOptions {
  /** Where time comes from. */
  readonly clock: Clock;
  /** The caller's signal. */
  readonly signal: AbortSignal;
  /** The longest silence, in milliseconds; 0 = any. */
  readonly stallMs: number;
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
  #lastAt: number;

  /** Starts to watch. */
  constructor(options: AttemptGuardOptions) {
    this.#options = options;
    this.#lastAt = options.clock.now();
    this.#forward = () => this.#controller.abort(options.signal.reason);
    if (options.signal.aborted) this.#forward();
    else options.signal.addEventListener('abort', this.#forward, { once: true });
    this.#arm();
  }

  /** The attempt's own signal. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Something came. */
  touch(): void {
    this.#lastAt = this.#options.clock.now();
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
    if (this.#controller.signal.aborted) return;
    const stallAt = stallMs > 0 ? this.#lastAt + stallMs : Infinity;
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
