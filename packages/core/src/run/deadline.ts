import type { Clock } from '../clock.ts';
import type { Deadlines } from './deadlines.ts';

/** Does nothing; what a promise that nobody may be waiting for is given. */
function ignore(): void {
  // On purpose.
}

const limits = new WeakMap<object, number>();

/** The limit, in milliseconds, that an error tells the end of; `undefined` for any other error. */
export function limitOf(error: object): number | undefined {
  return limits.get(error);
}

/**
 * Does something that may take at most so long. The signal exists only once it is asked for. When the time is up the signal aborts with a
 * `TimeoutError` and the promise rejects with it; when `parent` aborts, the work is told so and waited for.
 */
export function withDeadline<T>(
  work: (signal: () => AbortSignal) => T | Promise<T>,
  options: {
    readonly parent: AbortSignal;
    readonly timeoutMs: number | undefined;
    readonly deadlines: Deadlines;
    readonly what: string;
    /** Told of work that goes on although its time is up and its signal has been aborted. */
    readonly onLate?: ((running: PromiseLike<unknown>) => void) | undefined;
  },
): T | Promise<T> {
  const { parent, timeoutMs, deadlines, what, onLate } = options;
  if (timeoutMs === undefined || timeoutMs === Infinity) return work(() => parent);
  let controller: AbortController | undefined;
  let passOn: (() => void) | undefined;
  const signal = (): AbortSignal => {
    if (controller !== undefined) return controller.signal;
    const made = (controller = new AbortController());
    if (parent.aborted) made.abort(parent.reason);
    else {
      passOn = () => made.abort(parent.reason);
      parent.addEventListener('abort', passOn, { once: true });
    }
    return made.signal;
  };
  const letGo = (): void => {
    if (passOn !== undefined) parent.removeEventListener('abort', passOn);
  };
  let result: T | Promise<T>;
  try {
    result = work(signal);
  } catch (error) {
    letGo();
    throw error;
  }
  if (!isPromiseLike(result)) {
    letGo();
    return result;
  }
  const running = result;
  return new Promise<T>((resolve, reject) => {
    const takeBack = deadlines.add(timeoutMs, () => {
      takeBack();
      const reason = new DOMException(`${what} took longer than ${timeoutMs} ms`, 'TimeoutError');
      limits.set(reason, timeoutMs);
      controller?.abort(reason);
      letGo();
      if (onLate === undefined) running.then(ignore, ignore);
      else onLate(running);
      reject(reason);
    });
    const settled = (): void => {
      takeBack();
      letGo();
    };
    running.then(
      (value) => {
        settled();
        resolve(value);
      },
      (error: unknown) => {
        settled();
        reject(error);
      },
    );
  });
}

function isPromiseLike<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}

/** Waits; rejects with exactly `signal.reason` when the signal aborts first. */
export function pause(milliseconds: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const stop = (): void => {
      clock.clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = clock.setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', stop, { once: true });
  });
}
