import { Tinypool } from 'tinypool';

import { exitError } from './thread-failure.ts';

/** A pool of exactly one thread. */
export type PoolOfOne = Tinypool;

/** A thread as tinypool gives it. */
export type PoolWorker = Tinypool['threads'][number];

/** The longest that the end of a thread is waited for: native code can hold one up for ever. */
const killLimitMs = 1000;

/** Starts a thread, to be replaced when it ends by itself; `onError` hears why. This file alone knows tinypool. */
export function poolOfOne(maxMemoryMb: number | undefined, onError: (error: unknown) => void): PoolOfOne {
  const execArgv = threadArguments(process.execArgv);
  const pool = new Tinypool({
    filename: new URL('./worker/main.js', import.meta.url).href,
    minThreads: 1,
    maxThreads: 1,
    // An idle thread keeps its loop turning: it has to hear the port, and a leftover timer that throws hits nobody's task.
    useAtomics: false,
    ...(execArgv === undefined ? {} : { execArgv }),
    ...(maxMemoryMb === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: maxMemoryMb } }),
  });
  // Without a listener, an exception that comes after its task has ended would take the main process down.
  pool.on('error', onError);
  return pool;
}

/** tinypool does not notice a thread that exits; its own way for errors does all that is needed. */
export function watchExit(pool: PoolOfOne, worker: PoolWorker): void {
  worker.once('exit', (code: number) => {
    if (pool.threads.includes(worker)) worker.emit('error', exitError(code));
  });
}

/** Ends the thread; resolves when it has ended, or cannot be. */
export async function endPool(pool: PoolOfOne): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, killLimitMs);
  });
  await Promise.race([end(pool), limit]);
  clearTimeout(timer);
}

async function end(pool: PoolOfOne): Promise<void> {
  while (pool.threads.length > 0) {
    // tinypool waits with `once` for the exit. That one, when the thread fails at this very moment, calls a method that tinypool's workers
    // lack: an uncaught exception. Nothing needs to be removed from a thread that ends.
    for (const worker of pool.threads) Object.assign(worker, { removeListener: () => worker });
    // Then it rejects; the thread ends as well, but tinypool has started another one in its place.
    await pool.destroy().catch(() => undefined);
  }
}

/** `--input-type` speaks of a script that came with `-e` or from stdin. A thread has none, and does not start with it. */
function threadArguments(given: readonly string[]): string[] | undefined {
  if (!given.some((argument) => argument.startsWith('--input-type'))) return undefined;
  return given.filter((argument, index) => !argument.startsWith('--input-type') && given[index - 1] !== '--input-type');
}
