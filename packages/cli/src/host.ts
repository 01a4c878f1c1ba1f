import type { ReadStream } from 'node:tty';

/** An output stream as the command uses it: a terminal tells its size. */
export type OutputStream = NodeJS.WriteStream;

/** An input stream as the command uses it: a pipe has no `isTTY` at all, whatever the types of Node say. */
export type InputStream = Omit<ReadStream, 'isTTY'> & { readonly isTTY?: boolean | undefined };

/** A signal that ends a run. */
export type EndSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** All that the command knows of the process around it. Nothing else in this package touches `process`. */
export interface Host {
  /** The arguments after the command's own name. */
  readonly argv: readonly string[];
  /** The environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder that relative paths start from. */
  readonly cwd: string;
  /** Where a request can be piped in and keys are read. */
  readonly stdin: InputStream;
  /** Where the result goes, and nothing else. */
  readonly stdout: OutputStream;
  /** Where progress, logs and errors go. */
  readonly stderr: OutputStream;
  /** The operating system, as Node names it. */
  readonly platform: NodeJS.Platform;
  /** The Node version, without `v`. */
  readonly nodeVersion: string;
  /** The process id. */
  readonly pid: number;
  /** The number of the user, where the system has such. */
  readonly uid?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** The most memory that the process has used so far, in bytes. */
  readonly peakMemory: () => number;
  /** Calls `listener` for each arrival of `signal`; returns a function that stops it. */
  readonly onSignal: (signal: EndSignal, listener: () => void) => () => void;
  /** Ends the process at once. */
  readonly exit: (code: number) => never;
}

/** The host of a real process. */
export function processHost(source: NodeJS.Process): Host {
  return {
    argv: source.argv.slice(2),
    env: source.env,
    cwd: currentFolder(source),
    // Opening a stream takes longer than printing a version: each is opened when it is used.
    get stdin() {
      return source.stdin;
    },
    get stdout() {
      return source.stdout;
    },
    get stderr() {
      return source.stderr;
    },
    platform: source.platform,
    nodeVersion: source.versions.node,
    pid: source.pid,
    uid: source.getuid?.(),
    now: Date.now,
    peakMemory: () => source.resourceUsage().maxRSS * 1024,
    onSignal(signal, listener) {
      source.on(signal, listener);
      return () => source.off(signal, listener);
    },
    exit: (code) => source.exit(code),
  };
}

/** A working directory that was removed makes `process.cwd()` throw. */
function currentFolder(source: NodeJS.Process): string {
  try {
    return source.cwd();
  } catch {
    return '/';
  }
}
