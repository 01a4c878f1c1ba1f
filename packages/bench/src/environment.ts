import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, freemem, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The machine and the versions that figures belong to. */
export interface Environment {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly freeMemoryGb: number;
  /** Processes that wanted to run in the minute before: near 0 on a quiet machine. */
  readonly load?: number | undefined;
  readonly platform: string;
  readonly node: string;
  readonly v8: string;
  readonly commit: string;
  /** Whether files differed from the commit. */
  readonly dirty: boolean;
  /** Versions of our packages and of the peers that were run. */
  readonly versions: Readonly<Record<string, string>>;
}

function git(...args: string[]): string {
  try {
    // In this repository, wherever the command was given.
    const cwd = fileURLToPath(new URL('.', import.meta.url));
    return execFileSync('git', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return '';
  }
}

const gigabytes = (bytes: number): number => Math.round((bytes / 2 ** 30) * 10) / 10;

/** The version of an installed package as this package resolves it; `undefined` where it is not installed. */
export function installedVersion(name: string): string | undefined {
  for (const folder of createRequire(import.meta.url).resolve.paths(name) ?? []) {
    try {
      // Read, not resolved: not every package exports its package.json.
      return (JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')) as { version: string }).version;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

/** Records the machine and the commit. Call it before anything is measured: load and free memory are those of then. */
export function recordEnvironment(now: Date): Omit<Environment, 'versions'> {
  return {
    date: now.toISOString(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: gigabytes(totalmem()),
    freeMemoryGb: gigabytes(freemem()),
    load: Math.round((loadavg()[0] as number) * 100) / 100,
    platform: `${process.platform}-${process.arch}`,
    node: process.version,
    v8: process.versions.v8,
    commit: git('rev-parse', '--short=10', 'HEAD') || 'unknown',
    // The results of an earlier run change nothing about what is measured.
    dirty: git('status', '--porcelain', '--', ':/', ':(top,exclude)packages/bench/results') !== '',
  };
}
