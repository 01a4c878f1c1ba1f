import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { BenchError } from './errors.ts';

/** How a child process is started. */
export interface ChildOptions {
  readonly args?: readonly string[] | undefined;
  readonly nodeArgs?: readonly string[] | undefined;
  readonly cwd?: string | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Milliseconds after which the child is ended. @defaultValue 300,000 */
  readonly timeoutMs?: number | undefined;
}

/** Runs a script in a fresh process and returns the JSON that it prints on stdout. */
export async function runChild<T>(script: string | URL, options: ChildOptions = {}): Promise<T> {
  const path = typeof script === 'string' ? script : fileURLToPath(script);
  const child = spawn(process.execPath, [...(options.nodeArgs ?? []), path, ...(options.args ?? [])], {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 300_000);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  clearTimeout(timer);
  if (code !== 0) throw new BenchError(`${path} ended with ${code ?? 'a signal'}: ${stderr.trim().slice(-2000)}`);
  try {
    return JSON.parse(stdout) as T;
  } catch {
    throw new BenchError(`Expected ${path} to print JSON on stdout, got: ${stdout.slice(0, 200)}`);
  }
}
