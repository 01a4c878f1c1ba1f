import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The built command. */
export const bin: string = join(root, 'dist', 'bin.js');

/** The pipeline that writes the words of its request in capitals. */
export const wordsPipeline: string = join(root, 'test', 'fixtures', 'words.mjs');

/** How a call ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a call may be told. */
export interface CallOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
  readonly cwd?: string;
}

/** A home of its own, empty at first. */
export class Home {
  /** The folder. */
  readonly dir: string;
  readonly #children = new Set<ChildProcessWithoutNullStreams>();

  /** Makes the folder. */
  constructor() {
    this.dir = mkdtempSync(join(tmpdir(), 'orc-cli-'));
  }

  /** The environment of a call in this home: nothing of the machine's own. */
  env(extra: CallOptions['env'] = {}): Record<string, string> {
    const all = { PATH: process.env['PATH'], HOME: this.dir, LANG: 'C.UTF-8', TMPDIR: tmpdir(), ...extra };
    return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
  }

  /** Starts `orc` with these arguments. */
  start(args: readonly string[], options: CallOptions = {}): ChildProcessWithoutNullStreams {
    const child = spawn(process.execPath, [bin, ...args], { cwd: options.cwd ?? this.dir, env: this.env(options.env) });
    this.#children.add(child);
    child.once('close', () => this.#children.delete(child));
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
    return child;
  }

  /** Runs `orc` with these arguments to its end. */
  orc(args: readonly string[], options: CallOptions = {}): Promise<Ended> {
    return ended(this.start(args, options));
  }

  /** Ends what still runs and removes the folder. */
  remove(): void {
    for (const child of this.#children) child.kill('SIGKILL');
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** Waits for the end of a call. */
export function ended(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** Waits until a stream has said something that matches. */
export function said(
  child: ChildProcessWithoutNullStreams,
  stream: 'stdout' | 'stderr',
  pattern: RegExp,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    child[stream].on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      if (pattern.test(text)) resolve();
    });
    child.once('close', () => reject(new Error(`it ended without saying ${String(pattern)}: ${text}`)));
  });
}
