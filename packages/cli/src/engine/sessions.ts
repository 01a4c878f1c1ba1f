import { createOrchestrator, type SessionStore, type SessionSummary } from '@orc/core';

import { didYouMean } from '../args/suggest.ts';
import type { Config } from '../config/load.ts';
import { CliError, usageError } from '../errors.ts';
import { exitCodes } from '../exit-code.ts';

/** The sessions of this machine's data folder. */
export function openSessions(config: Config): SessionStore {
  return createOrchestrator({ dataDir: config.paths.dataDir }).sessions;
}

/**
 * The session that a person means: an id, the beginning of one, or the latest.
 *
 * @throws ERR_CLI_SESSION (exit code 7) when there is none; ERR_CLI_USAGE (exit code 2) for a name that is empty or too short.
 */
export async function findSession(store: SessionStore, name: string | undefined): Promise<SessionSummary> {
  checkName(name);
  if (name === undefined || name === 'latest') {
    const latest = await store.latest();
    if (latest !== undefined) return latest;
    throw sessionError('there is no session yet', 'orc "Create a story about space exploration" makes one');
  }
  // Looked up by their names alone: one that can't be read is found too, and says why.
  const all = (await store.ids()).map((id) => ({ id }));
  const only = pick(all, name);
  if (only !== undefined) return store.summary(only.id);
  throw sessionError(
    `there is no session \`${name}\``,
    didYouMean(
      name,
      all.map(({ id }) => id),
    ) || '`orc sessions` lists them',
  );
}

/** The fewest characters that stand for a session: a shorter part of an id names one by chance. */
const shortestPart = 4;

/** An empty name is what a variable that is not set leaves behind, and is the beginning of every id: it never means a session. */
function checkName(name: string | undefined): void {
  if (name === undefined || name.trim().length >= shortestPart) return;
  throw usageError(
    `expected the id of a session, or ${shortestPart} or more characters of its beginning or end, got ${name.trim() === '' ? 'an empty text' : `\`${name}\``}`,
    '`orc sessions` lists them',
  );
}

/**
 * The one that a person means by an id, or by four or more characters of its beginning or end.
 *
 * @throws ERR_CLI_SESSION (exit code 7) when it could be several; ERR_CLI_USAGE (exit code 2) for a name that is empty or too short.
 */
export function pick<T extends { readonly id: string }>(all: readonly T[], name: string): T | undefined {
  checkName(name);
  const exact = all.find(({ id }) => id === name);
  if (exact !== undefined) return exact;
  const matching = all.filter(({ id }) => id.startsWith(name) || id.endsWith(name));
  if (matching.length < 2) return matching[0];
  throw sessionError(
    `${matching.length} sessions match \`${name}\``,
    matching
      .slice(0, 5)
      .map(({ id }) => id)
      .join(', '),
  );
}

/** An error about sessions: exit code 7. */
export function sessionError(message: string, hint?: string): CliError {
  return new CliError('ERR_CLI_SESSION', message, { exitCode: exitCodes.session, hint });
}
