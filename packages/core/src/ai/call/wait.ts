import { longestWait, type Clock } from '../../clock.ts';

/** Waits; rejects with exactly `signal.reason` when that fires first. */
export function wait(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const stop = (): void => {
      clock.clearTimeout(handle);
      reject(signal.reason as Error);
    };
    const handle = clock.setTimeout(
      () => {
        signal.removeEventListener('abort', stop);
        resolve();
      },
      Math.min(milliseconds, longestWait),
    );
    // Somebody awaits this: the process must not end for want of other work.
    (handle as { readonly ref?: () => void } | undefined)?.ref?.();
    signal.addEventListener('abort', stop, { once: true });
  });
}

/** Settles like `work`, or rejects with exactly `signal.reason` when that fires first, whether or not `work` listens to it. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason as Error);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (stop !== undefined) signal.removeEventListener('abort', stop);
  }
}
