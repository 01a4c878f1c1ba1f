import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import type { JsonObject } from '@orc/cache';

import type { Clock } from '../clock.ts';
import { isOrcError } from '../errors.ts';
import { systemCode } from './system-code.ts';
import { isSessionId } from './session-id.ts';
import { readPlan } from './session-plan.ts';
import type { SessionPlan } from './session-port.ts';

/** The plans of a folder of sessions that can be read, newest first. */
export async function readPlans(root: string): Promise<readonly SessionPlan[]> {
  const plans: SessionPlan[] = [];
  for (const name of await namesIn(root)) {
    if (!isSessionId(name)) continue;
    try {
      plans.push(await readPlan(join(root, name), name));
    } catch (error) {
      // A folder that is no session of ours must not hide the others.
      if (!isOrcError(error)) throw error;
    }
  }
  return plans.toSorted((a, b) => b.createdAt - a.createdAt || (a.sessionId < b.sessionId ? 1 : -1));
}

/** Removes what a process left that was killed while it made or removed a session. */
export async function sweep(root: string, clock: Clock): Promise<void> {
  const before = clock.now() - 3_600_000;
  for (const name of await namesIn(root)) {
    if (!name.startsWith('.new-') && !name.startsWith('.removed-')) continue;
    const path = join(root, name);
    const touched = await stat(path).then(
      (found) => found.mtimeMs,
      () => Number.POSITIVE_INFINITY,
    );
    if (touched < before) await rm(path, { recursive: true, force: true });
  }
}

/** The report of a session; `undefined` where there is none that can be read. */
export async function readReport(dir: string): Promise<JsonObject | undefined> {
  try {
    return JSON.parse(await readFile(join(dir, 'report.json'), 'utf8')) as JsonObject;
  } catch {
    return undefined;
  }
}

async function namesIn(root: string): Promise<readonly string[]> {
  try {
    return await readdir(root);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}
