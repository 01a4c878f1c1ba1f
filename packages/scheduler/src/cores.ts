import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { posix } from 'node:path';

/** What {@link availableCores} looks at; tests hand in their own. */
export interface CoresOptions {
  /** What the operating system says. @defaultValue `os.availableParallelism()` */
  readonly parallelism?: number | undefined;
  /** Reads a file of the `/proc` and `/sys` trees, or returns `undefined`. @defaultValue the file system */
  readonly read?: ((path: string) => string | undefined) | undefined;
}

/**
 * How many cores this process may really use: the smaller of what the operating system says and the CPU quota of its
 * control group (v2 and v1), at least 1. A container with `--cpus 2` on 64 cores has 2.
 */
export function availableCores(options: CoresOptions = {}): number {
  const { parallelism = availableParallelism(), read = readText } = options;
  return Math.max(1, Math.min(parallelism, Math.floor(quota(read))));
}

function quota(read: (path: string) => string | undefined): number {
  const groups = (read('/proc/self/cgroup') ?? '').split('\n').map((line) => line.split(':'));
  const unified = groups.find(([id]) => id === '0')?.[2] ?? '/';
  const v1 = groups.find(([, controllers]) => controllers?.split(',').includes('cpu'))?.[2] ?? '/';
  let least = Infinity;
  // Every ancestor's quota holds; inside a container the path may not be mounted, and then the root is the container's.
  for (const path of ancestors(unified))
    least = Math.min(least, unifiedQuota(read(posix.join('/sys/fs/cgroup', path, 'cpu.max'))));
  for (const root of ['/sys/fs/cgroup/cpu', '/sys/fs/cgroup/cpu,cpuacct']) {
    for (const path of ancestors(v1)) {
      const time = Number(read(posix.join(root, path, 'cpu.cfs_quota_us')) ?? -1);
      const period = Number(read(posix.join(root, path, 'cpu.cfs_period_us')) ?? 0);
      if (time > 0 && period > 0) least = Math.min(least, time / period);
    }
  }
  return least;
}

function unifiedQuota(text: string | undefined): number {
  const [time, period] = (text ?? 'max').trim().split(/\s+/);
  const cores = Number(time) / Number(period);
  return time === 'max' || !(cores > 0) ? Infinity : cores;
}

function ancestors(path: string): string[] {
  const found = ['/'];
  for (let at = posix.normalize(path); at !== '/' && at !== '.' && !at.startsWith('..'); at = posix.dirname(at))
    found.push(at);
  return found;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
