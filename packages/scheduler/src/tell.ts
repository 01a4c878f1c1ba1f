/** Calls a listener of events. What it throws is its own: it surfaces as an uncaught exception and breaks nothing here. */
export function tell<E>(listener: (event: E) => void, event: E): void {
  try {
    listener(event);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
