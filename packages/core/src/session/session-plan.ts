import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { OrcError } from '../errors.ts';
import { systemCode } from './system-code.ts';
import { checkSchema } from './journal-reader.ts';
import { readError, sessionNotFound } from './session-errors.ts';
import type { SessionPlan } from './session-port.ts';

const planVersion = 1;

/**
 * Reads the plan of a session's folder.
 *
 * @throws OrcError `ERR_ORC_SESSION_NOT_FOUND`, `ERR_ORC_SESSION_VERSION` or `ERR_ORC_SESSION_CORRUPT`.
 */
export async function readPlan(dir: string, session: string): Promise<SessionPlan> {
  let text: string;
  try {
    text = await readFile(join(dir, 'plan.json'), 'utf8');
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR'].includes(systemCode(error))) throw readError(dir, error);
    throw sessionNotFound(session);
  }
  let plan: unknown;
  try {
    plan = JSON.parse(text);
  } catch (error) {
    throw corrupt(session, error);
  }
  const schema = (plan as { readonly schema?: unknown } | null)?.schema;
  if (typeof schema !== 'string') throw corrupt(session);
  checkSchema(schema, 'orc.plan', planVersion, session);
  if (!isPlan(plan as Members)) throw corrupt(session);
  // The folder's name is the id: a copy under another name is a session of its own.
  return { ...(plan as SessionPlan), sessionId: session };
}

type Members = Readonly<Record<string, unknown>>;

function isPlan({ createdAt, pipeline, request, model, options, strategy }: Members): boolean {
  return (
    typeof createdAt === 'number' &&
    hasTexts(pipeline, 'id', 'version', 'digest') &&
    hasTexts(request, 'text') &&
    hasTexts(model, 'id') &&
    hasTexts(options) &&
    hasTexts(strategy, 'name')
  );
}

function hasTexts(value: unknown, ...names: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return names.every((name) => typeof (value as Members)[name] === 'string');
}

function corrupt(session: string, cause?: unknown): OrcError {
  return new OrcError(
    'ERR_ORC_SESSION_CORRUPT',
    `Expected \`plan.json\` of session \`${session}\` to hold a plan, but it can't be read as one`,
    {
      cause,
      hint: 'The file was damaged: take it from a copy of the session, or remove the session and run the request again.',
      retryable: false,
    },
  );
}
