import { PassThrough } from 'node:stream';

import type { EndSignal, Host, InputStream, OutputStream } from '../../src/host.ts';

/** A host whose streams are kept in memory. */
export interface FakeHost extends Host {
  /** What was written to stdout. */
  readonly out: () => string;
  /** What was written to stderr. */
  readonly err: () => string;
  /** Sends a signal. */
  readonly signal: (name: EndSignal) => void;
  /** Lets it go on after it was stopped. */
  readonly goOn: () => void;
  /** The signals that it was ended by, and `suspend`. */
  readonly raised: string[];
  /** The codes that `exit` was called with. */
  readonly exits: number[];
}

/** What a fake host may be told. */
export interface FakeHostOptions {
  readonly argv?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly tty?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  readonly stdin?: string;
  readonly now?: () => number;
  readonly ownsTerminal?: () => boolean;
}

/** Makes a fake host. */
export function fakeHost(options: FakeHostOptions = {}): FakeHost {
  const make = (): { stream: OutputStream; text: () => string } => {
    const stream = new PassThrough();
    const chunks: string[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk.toString('utf8')));
    Object.assign(stream, { isTTY: options.tty === true, columns: options.columns ?? 80, rows: options.rows ?? 24 });
    return { stream: stream as unknown as OutputStream, text: () => chunks.join('') };
  };
  const out = make();
  const err = make();
  const stdin = new PassThrough();
  Object.assign(stdin, { isTTY: options.tty === true, setRawMode: () => stdin, ref: () => stdin, unref: () => stdin });
  stdin.end(options.stdin ?? '');
  const listeners = new Map<EndSignal, Set<() => void>>();
  const exits: number[] = [];
  const raised: string[] = [];
  const continuing = new Set<() => void>();
  return {
    argv: options.argv ?? [],
    env: options.env ?? {},
    cwd: options.cwd ?? '/',
    stdin: stdin as unknown as InputStream,
    stdout: out.stream,
    stderr: err.stream,
    platform: 'linux',
    nodeVersion: '20.19.0',
    pid: 1,
    now: options.now ?? Date.now,
    peakMemory: () => 64 * 1024 * 1024,
    onSignal(signal, listener) {
      const set = listeners.get(signal) ?? new Set();
      set.add(listener);
      listeners.set(signal, set);
      return () => set.delete(listener);
    },
    ownsTerminal: options.ownsTerminal ?? (() => true),
    suspend: () => void raised.push('suspend'),
    onContinue(listener) {
      continuing.add(listener);
      return () => continuing.delete(listener);
    },
    dropLostTerminal: () => {},
    raise(signal) {
      raised.push(signal);
      return Promise.resolve();
    },
    exit: ((code: number) => exits.push(code)) as unknown as Host['exit'],
    out: out.text,
    err: err.text,
    signal: (name) => listeners.get(name)?.forEach((listener) => listener()),
    goOn: () => {
      for (const listener of continuing) listener();
    },
    raised,
    exits,
  };
}
