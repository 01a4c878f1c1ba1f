import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** One line that a fixture process printed. */
export interface ProcessEvent {
  readonly type: string;
  readonly id?: string;
  readonly [key: string]: unknown;
}

/** A process of a test's own that tells what it does, one JSON line at a time. */
export interface FixtureProcess {
  readonly pid: number;
  readonly events: readonly ProcessEvent[];
  /** The first event that fits, past or to come. */
  seen(type: string, id?: string): Promise<ProcessEvent>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  /** Asks it to end, and waits. */
  terminate(): Promise<number | null>;
}

/** Starts a script of a test's own with a configuration, as JSON in its first argument; `env` is added to the environment. */
export function startProcess(
  script: URL,
  configuration: object,
  env: Readonly<Record<string, string>> = {},
): FixtureProcess {
  const path = fileURLToPath(script);
  const child = spawn(process.execPath, [path, JSON.stringify(configuration)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  const events: ProcessEvent[] = [];
  const watchers = new Set<() => void>();
  const notify = (): void => {
    for (const watcher of watchers) watcher();
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    events.push(JSON.parse(line) as ProcessEvent);
    notify();
  });
  const exited = once(child, 'close').then(() => {
    notify();
    return child.exitCode;
  });
  const over = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return {
    pid: child.pid ?? 0,
    events,
    seen: (type, id) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = events.find((event) => event.type === type && (id === undefined || event.id === id));
          if (found === undefined && !over()) return;
          watchers.delete(look);
          if (found === undefined)
            reject(new Error(`${path} ended without ${type} ${id ?? ''}: ${JSON.stringify(events)}`));
          else resolve(found);
        };
        watchers.add(look);
        look();
      }),
    async kill() {
      if (!over()) child.kill('SIGKILL');
      await exited;
    },
    async terminate() {
      if (!over()) child.kill('SIGTERM');
      return exited;
    },
  };
}
