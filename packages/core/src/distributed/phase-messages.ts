import type { JsonObject, JsonValue } from '@orc/cache';
import { z } from 'zod';

import type { RemotePhaseProgress, RemotePhaseRequest, RemotePhaseResult, RemoteUsage } from '../run/remote-port.ts';
import { refused } from './refused.ts';

// Whoever can write to Redis writes what these schemas read.

/** The longest text of a pipeline that travels with its work, in bytes. */
export const longestSource: number = 1024 * 1024;

const name = z.string().max(4096);
const count = z.int().min(0);
const amount = z.number().min(0);

// Taken as it is, and not copied member by member: outputs of earlier phases are large.
const jsonObject = z.custom<JsonObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'Expected an object',
);
const json = z.custom<JsonValue>((value) => value !== undefined, 'Expected a value');

const usage = z.object({ inputTokens: amount, cachedInputTokens: amount, outputTokens: amount });

const used = {
  usage: usage.optional(),
  costUsd: amount.nullable().optional(),
  calls: count.optional(),
};

// A prompt may hold more: what a model client of one's own knows.
const modelRequest = z.looseObject({
  system: z.string().optional(),
  prompt: z.string(),
  schema: jsonObject.optional(),
  temperature: z.number().optional(),
  topP: z.number().optional(),
  maxOutputTokens: count.optional(),
  stop: z.array(z.string()).optional(),
  seed: z.number().optional(),
});

const pipelineRequest = z.object({
  text: z.string(),
  seed: z.number(),
  words: z.number().optional(),
  input: z.string().optional(),
  options: jsonObject.optional(),
});

const variables = z.record(z.string(), z.string().optional());

const phaseRequest = z.object({
  id: z.string().max(16_384),
  pipeline: z.object({ id: name, version: name, digest: name, source: z.string().optional() }),
  phase: name,
  task: z.string().max(16_384),
  key: z.string().max(16_384),
  item: json.nullable(),
  inputs: jsonObject,
  request: z.custom<JsonObject>((value) => pipelineRequest.safeParse(value).success, 'Expected a request'),
  env: z.custom<JsonObject>((value) => variables.safeParse(value).success, 'Expected variables'),
  prompt: modelRequest.optional(),
  model: z.object({ id: name, identity: jsonObject }).optional(),
  loop: z.object({ round: z.int().min(1), best: json.optional(), score: z.number().optional() }).optional(),
  attempt: z.int().min(1),
  draw: z.int().min(1).optional(),
  timeoutMs: amount.max(2_147_483_647).optional(),
  priority: z.number().optional(),
});

const phaseResult = z.object({
  value: z.unknown(),
  // An answer that does not say so may be of anything: such an output is never kept.
  complete: z.boolean().catch(false),
  threadId: count.optional(),
  ...used,
});

const errorInfo = z.object({
  code: name,
  message: z.string(),
  phase: name.optional(),
  task: name.optional(),
  hint: z.string().optional(),
});

const phaseProgress = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), message: z.string().optional(), fraction: z.number().optional() }),
  z.object({ type: z.literal('delta'), text: z.string() }),
  z.object({ type: z.literal('model-start'), model: name }),
  z.object({
    type: z.literal('model-end'),
    model: name,
    durationMs: amount,
    usage,
    costUsd: amount.nullable(),
    attempts: count,
    finishReason: name,
  }),
  z.object({ type: z.literal('retry'), attempt: count, delayMs: amount, error: errorInfo }),
]);

/** What a coordinator sent. Throws `ERR_ORC_REFUSED` for anything else. */
export function readPhaseRequest(value: unknown): RemotePhaseRequest {
  const { data, error } = phaseRequest.safeParse(value);
  if (data === undefined) throw refused(`The job is not in the form of a phase: ${issueOf(error)}`);
  const bytes = Buffer.byteLength(data.pipeline.source ?? '');
  if (bytes > longestSource)
    throw refused(
      `Expected the text of pipeline \`${data.pipeline.id}\` to have at most ${longestSource} bytes, got ${bytes}`,
    );
  return data;
}

/** What a worker gave back. Throws `ERR_ORC_REFUSED` for anything else. */
export function readPhaseResult(value: unknown): Omit<RemotePhaseResult, 'worker'> {
  const { data, error } = phaseResult.safeParse(value);
  if (data === undefined) throw refused(`A worker's answer is not in the form of one: ${issueOf(error)}`);
  return data;
}

/** What a failed attempt used; nothing where that can't be read. */
export function readUsage(value: unknown): RemoteUsage {
  return z.object(used).safeParse(value).data ?? {};
}

/** What a worker tells while it executes; `undefined` for anything else. */
export function readProgress(value: unknown): RemotePhaseProgress | undefined {
  return phaseProgress.safeParse(value).data;
}

function issueOf(error: z.ZodError | undefined): string {
  const issue = error?.issues[0];
  const path = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.map(String).join('.')}: `;
  return `${path}${issue?.message ?? 'unknown'}`;
}
