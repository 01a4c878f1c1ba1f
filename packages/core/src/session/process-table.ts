import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';

/** What the lock needs to know about processes; tests hand in one of their own. */
export interface ProcessTable {
  /** What tells this boot of this machine (and this container of it) from any other; `undefined` where the system doesn't tell. */
  readonly boot: string | undefined;
  /** Whether a process of this machine is there. */
  alive(pid: number): boolean;
  /** When a process was started, in whatever form the system has: a pid that was given to another process differs. `undefined` where the system doesn't tell. */
  startOf(pid: number): string | undefined;
}

/** The processes of this machine. What it says of the own process is asked for once. */
export function systemProcesses(): ProcessTable {
  let boot: { readonly value: string | undefined } | undefined;
  let own: { readonly value: string | undefined } | undefined;
  return {
    get boot() {
      boot ??= { value: bootOf() };
      return boot.value;
    },
    alive(pid) {
      try {
        process.kill(pid, 0);
        return true;
      } catch (error) {
        return (error as NodeJS.ErrnoException).code === 'EPERM';
      }
    },
    startOf(pid) {
      if (pid !== process.pid) return startOf(pid);
      own ??= { value: startOf(pid) };
      return own.value;
    },
  };
}

function bootOf(): string | undefined {
  const id = readText('/proc/sys/kernel/random/boot_id')?.trim();
  if (id === undefined) return undefined;
  try {
    // Two containers may have one name and one kernel, and a pid in one says nothing about the other.
    return `${id} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return id;
  }
}

function startOf(pid: number): string | undefined {
  const stat = readText(`/proc/${pid}/stat`);
  if (stat === undefined)
    return process.platform === 'win32' || process.platform === 'linux' ? undefined : startByPs(pid);
  // The second field is the command in brackets and may hold anything. After it come the state and, 20th from there, the start time.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A zombie does nothing any more; its parent only hasn't looked yet.
  return fields[0] === 'Z' ? 'ended' : fields[19];
}

function startByPs(pid: number): string | undefined {
  const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
    encoding: 'utf8',
    env: { LC_ALL: 'C', TZ: 'UTC', PATH: '/bin:/usr/bin' },
  });
  const start = stdout?.trim();
  return start === undefined || start === '' ? undefined : start;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}
