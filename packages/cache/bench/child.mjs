import { spawnSync } from 'node:child_process';

/** Runs a file of this folder in a process of its own and returns the JSON that it prints. */
export function inChild(url, flags, ...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, new URL(url).pathname, ...args], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${url} ended with ${status}: ${stderr}`);
  return JSON.parse(stdout);
}
