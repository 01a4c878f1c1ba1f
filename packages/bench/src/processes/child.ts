import { fileURLToPath } from 'node:url';

import { BenchError } from '../errors.ts';
import { endGroup, spawnTracked } from './tracked.ts';

/** How a child process is started. */
export interface ChildOptions {
  readonly args?: readonly string[] | undefined;
  readonly nodeArgs?: readonly string[] | undefined;
  /** Milliseconds after which the child is ended. @defaultValue 120,000 */
  readonly timeoutMs?: number | undefined;
  /** Told each line that the child writes to stderr. */
  readonly onLine?: ((line: string) => void) | undefined;
}

/** Runs a script in a fresh process and returns the JSON that it prints on stdout. */
export async function runChild<T>(script: string | URL, options: ChildOptions = {}): Promise<T> {
  const path = typeof script === 'string' ? script : fileURLToPath(script);
  const timeoutMs = options.timeoutMs ?? 120_000;
  const child = spawnTracked(process.execPath, [...(options.nodeArgs ?? []), path, ...(options.args ?? [])]);
  let stdout = '';
  let stderr = '';
  let unfinished = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
    const lines = (unfinished + chunk).split('\n');
    unfinished = lines.pop() as string;
    for (const line of lines) options.onLine?.(line);
  });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    endGroup(child);
  }, timeoutMs);
  const end = await new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? signal));
  }).finally(() => clearTimeout(timer));
  const name = path.split('/').slice(-3).join('/');
  if (late) throw new BenchError(`Expected ${name} to end within ${timeoutMs / 1000} s; it was ended`);
  if (end !== 0) throw new BenchError(`${name} ended with ${end}: ${lastWords(stderr)}`);
  try {
    return JSON.parse(stdout) as T;
  } catch {
    throw new BenchError(`Expected ${name} to print JSON on stdout, got \`${stdout.slice(0, 200)}\``);
  }
}

/** What a process said last, without its stack: the error's line where there is one. */
function lastWords(stderr: string): string {
  const lines = stderr.trim().split('\n');
  return (lines.findLast((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1) ?? '').slice(0, 500);
}
