import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, freemem, totalmem } from 'node:os';

/** The machine and the versions that figures belong to. */
export interface Environment {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly freeMemoryGb: number;
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
    return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return '';
  }
}

const gigabytes = (bytes: number): number => Math.round((bytes / 2 ** 30) * 10) / 10;

/** The version of an installed package as this package resolves it; `undefined` where it is not installed. */
export function installedVersion(name: string): string | undefined {
  try {
    const path = createRequire(import.meta.url).resolve(`${name}/package.json`);
    return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
  } catch {
    return undefined;
  }
}

/** Records the machine, the commit and the versions. */
export function recordEnvironment(now: Date, versions: Readonly<Record<string, string>>): Environment {
  return {
    date: now.toISOString(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: gigabytes(totalmem()),
    freeMemoryGb: gigabytes(freemem()),
    platform: `${process.platform}-${process.arch}`,
    node: process.version,
    v8: process.versions.v8,
    commit: git('rev-parse', '--short=10', 'HEAD') || 'unknown',
    dirty: git('status', '--porcelain') !== '',
    versions,
  };
}
