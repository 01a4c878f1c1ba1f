import { z } from 'zod';

import { lastTime } from './check-record.ts';
import { checkSchema } from './journal-reader.ts';
import { checkFolder, partBytes, readPart } from './session-files.ts';
import { corruptPart, sessionNotFound } from './session-errors.ts';
import type { SessionPlan } from './session-port.ts';

const planVersion = 1;

const json = z.looseObject({});

const planSchema = z.looseObject({
  schema: z.string(),
  sessionId: z.string().max(200),
  createdAt: z.number().int().min(0).max(lastTime),
  pipeline: z.looseObject({
    id: z.string(),
    version: z.string(),
    digest: z.string(),
    source: z.string().optional(),
  }),
  request: z.looseObject({
    text: z.string(),
    seed: z.number().int().optional(),
    words: z.number().int().min(1).optional(),
    input: z.string().optional(),
    options: json.optional(),
  }),
  model: z.looseObject({ id: z.string(), identity: json }),
  options: json,
  strategy: z.looseObject({
    name: z.enum(['standard', 'sequential', 'parallel', 'distributed']),
    reason: z.string(),
    workers: z.number().int().min(0),
  }),
  sources: z
    .looseObject({
      request: z.string(),
      env: z.record(z.string(), z.string()),
      models: z.record(z.string(), z.string()),
    })
    .optional(),
  mac: z.string().max(200).optional(),
});

/** A plan as its file holds it. */
export interface StoredPlan {
  /** The plan. */
  readonly plan: SessionPlan;
  /** What the file says of where it was made. */
  readonly mac: string | undefined;
  /** The id that the plan was made under, which is that of the folder unless somebody copied it. */
  readonly madeAs: string;
}

/**
 * Reads the plan of a session's folder.
 *
 * @throws OrcError `ERR_ORC_SESSION_NOT_FOUND`, `ERR_ORC_SESSION_VERSION` or `ERR_ORC_SESSION_CORRUPT`.
 */
export async function readPlan(dir: string, session: string): Promise<StoredPlan> {
  await checkFolder(dir);
  const text = await readPart(dir, 'plan.json', partBytes.plan);
  if (text === undefined) throw sessionNotFound(session);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw corrupt(session, error);
  }
  // Before the rest is looked at: a later version may have other members.
  const schema = z.looseObject({ schema: z.string() }).safeParse(value);
  if (!schema.success) throw corrupt(session, schema.error);
  checkSchema(schema.data.schema, 'orc.plan', planVersion, session);
  const found = planSchema.safeParse(value);
  if (!found.success) throw corrupt(session, found.error);
  // The value itself, and not what the library made of it: the code that was made on the way is over all members.
  const { mac, ...plan } = value as SessionPlan & { readonly mac?: string };
  // The folder's name is the id: a copy under another name is a session of its own.
  return { plan: { ...plan, sessionId: session }, mac, madeAs: plan.sessionId };
}

/** The text of a plan's file. */
export function planText(plan: SessionPlan, mac: string | undefined): string {
  return `${JSON.stringify(mac === undefined ? plan : { ...plan, mac }, null, 2)}\n`;
}

function corrupt(session: string, cause: unknown): Error {
  return corruptPart(session, 'plan.json', "hold a plan, but it can't be read as one", cause);
}
