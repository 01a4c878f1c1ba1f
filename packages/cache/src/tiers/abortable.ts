import { onAbort } from '../abort-listeners.ts';

/** Waits for a promise until the signal is aborted; then it rejects with the signal's reason and leaves the promise alone. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise<T>((resolve, reject) => {
    const leave = (): void => reject(signal.reason as Error);
    if (signal.aborted) leave();
    const stay = signal.aborted ? undefined : onAbort(signal, leave);
    promise.then(
      (value) => {
        stay?.();
        resolve(value);
      },
      (error: unknown) => {
        stay?.();
        reject(error);
      },
    );
  });
}
