interface Listening {
  readonly targets: Set<() => void>;
  readonly listener: () => void;
}

/** One listener for each signal, however many wait for it: Node warns of more than ten. */
const listening = new WeakMap<AbortSignal, Listening>();

/** Calls `left` when a signal is aborted, until the function that comes back is called. */
export function onAbort(signal: AbortSignal, left: () => void): () => void {
  let own = listening.get(signal);
  if (own === undefined) {
    const targets = new Set<() => void>();
    const listener = (): void => {
      listening.delete(signal);
      for (const target of targets) target();
    };
    own = { targets, listener };
    listening.set(signal, own);
    signal.addEventListener('abort', listener, { once: true });
  }
  const { targets, listener } = own;
  // Each call is a target of its own, also with one function.
  const target = (): void => left();
  targets.add(target);
  return () => {
    if (!targets.delete(target) || targets.size > 0 || listening.get(signal)?.targets !== targets) return;
    listening.delete(signal);
    signal.removeEventListener('abort', listener);
  };
}
