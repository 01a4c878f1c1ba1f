import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import type { JsonObject } from '@orc/cache';

import type { Clock } from '../clock.ts';
import { isOrcError, type OrcError } from '../errors.ts';
import { systemCode } from './system-code.ts';
import { isSessionId } from './session-id.ts';
import { readPlan } from './session-plan.ts';
import type { SessionPlan } from './session-port.ts';

/** What a folder of sessions holds: the plans that can be read, newest first, and what keeps the others from being read. */
export async function readPlans(
  root: string,
): Promise<{ readonly plans: readonly SessionPlan[]; readonly errors: ReadonlyMap<string, OrcError> }> {
  const plans: SessionPlan[] = [];
  const errors = new Map<string, OrcError>();
  for (const name of await namesIn(root)) {
    if (!isSessionId(name)) continue;
    try {
      plans.push(await readPlan(join(root, name), name));
    } catch (error) {
      // One that can't be read must not hide the others.
      if (!isOrcError(error)) throw error;
      // A folder without a plan is no session.
      if (error.code !== 'ERR_ORC_SESSION_NOT_FOUND') errors.set(name, error);
    }
  }
  plans.sort((a, b) => b.createdAt - a.createdAt || (a.sessionId < b.sessionId ? 1 : -1));
  return { plans, errors };
}

/** When anything right in a folder was last written, in milliseconds since the epoch. */
export async function touchedAt(dir: string): Promise<number> {
  const paths = [dir, ...(await namesIn(dir)).map((name) => join(dir, name))];
  const times = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        (found) => found.mtimeMs,
        () => 0,
      ),
    ),
  );
  return Math.max(...times);
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
