import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Whether a process may set the modes of its terminal and read from it: the system stops one that tries to in the background of a shell.
 * One that has no terminal of its own, or of which nothing can be found out, may.
 */
export function ownsTerminal(platform: NodeJS.Platform, pid: number): boolean {
  if (platform === 'win32') return true;
  const [group, foreground] = (platform === 'linux' ? fromProc() : undefined) ?? fromPs(pid) ?? [0, 0];
  return foreground <= 0 || group === foreground;
}

type Groups = readonly [group: number, foreground: number];

/** `pid (name) state ppid pgrp session tty tpgid …`: the name may hold anything, also brackets. */
export function groupsOf(stat: string): Groups | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [group, foreground] = [Number(fields[2]), Number(fields[5])];
  return Number.isInteger(group) && Number.isInteger(foreground) ? [group, foreground] : undefined;
}

function fromProc(): Groups | undefined {
  try {
    return groupsOf(readFileSync('/proc/self/stat', 'utf8'));
  } catch {
    return undefined;
  }
}

function fromPs(pid: number): Groups | undefined {
  try {
    const text = execFileSync('ps', ['-o', 'pgid=,tpgid=', '-p', String(pid)], {
      encoding: 'utf8',
      timeout: 1000,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [group = Number.NaN, foreground = Number.NaN] = text.trim().split(/\s+/).map(Number);
    return Number.isInteger(group) && Number.isInteger(foreground) ? [group, foreground] : undefined;
  } catch {
    return undefined;
  }
}
