import type { ReadStream } from 'node:tty';

import { dropLostTerminal } from './lost-terminal.ts';
import { ownsTerminal } from './terminal-owner.ts';

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
  /** Whether the process is in the foreground of its terminal: in the background, to set the terminal's modes or to read from it stops it. */
  readonly ownsTerminal: () => boolean;
  /** Stops the process and those it was started with, as Ctrl-Z does, until the shell lets them go on. */
  readonly suspend: () => void;
  /** Calls `listener` each time the process goes on after it was stopped; returns a function that ends that. */
  readonly onContinue: (listener: () => void) => () => void;
  /** Lets go of a terminal that was closed: Node crashes when it ends on one. */
  readonly dropLostTerminal: () => void;
  /** Ends the process by a signal, so that whoever started it sees that; resolves only where it did not. */
  readonly raise: (signal: EndSignal) => Promise<void>;
  /** Ends the process at once. */
  readonly exit: (code: number) => never;
}

/** How long a signal may take to end the process, in milliseconds. */
const raiseMs = 1000;

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
    ownsTerminal: () => ownsTerminal(source.platform, source.pid),
    // The whole group, as the terminal itself would: a shell goes on only when all of a job have stopped.
    suspend: () => void source.kill(0, 'SIGTSTP'),
    onContinue(listener) {
      source.on('SIGCONT', listener);
      return () => source.off('SIGCONT', listener);
    },
    dropLostTerminal,
    raise(signal) {
      source.removeAllListeners(signal);
      source.kill(source.pid, signal);
      return new Promise((resolve) => setTimeout(resolve, raiseMs));
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
