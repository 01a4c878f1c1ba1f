import type { JsonObject, JsonValue } from '@orc/cache';

import type { Strategy } from '../events.ts';
import type { Pipeline } from '../pipeline/define-pipeline.ts';
import type { PipelineRequest } from '../pipeline/request.ts';
import type { Session } from '../session/session-port.ts';
import { compile } from './compiled.ts';
import type { Engine } from './engine.ts';
import type { RunModels } from './model-for.ts';
import { sourcesOf } from './resume-sources.ts';

/** What a new session is made of. */
export interface NewSession {
  readonly pipeline: Pipeline;
  readonly request: PipelineRequest;
  readonly strategy: Strategy;
  readonly models: RunModels;
  readonly options: {
    readonly fresh?: boolean | undefined;
    readonly cache?: boolean | undefined;
    readonly sessionId?: string | undefined;
    readonly scope?: string | undefined;
  };
  /** The id that it is to have. */
  readonly sessionId: string;
  /** Makes another one, where that one is taken. */
  readonly makeId: () => string;
}

/** Creates the session of a run; `undefined` where there is no data folder. Throws `ERR_ORC_DATA_DIR`, `ERR_ORC_SESSION_EXISTS`. */
export async function openSession(engine: Engine, session: NewSession): Promise<Session | undefined> {
  const { sessions } = engine;
  const { pipeline, request, strategy, models, options, makeId } = session;
  const { main: model } = models;
  if (sessions === undefined) return undefined;
  const { id, version, digest, source } = pipeline;
  const plan = {
    pipeline: { id, version, digest, ...(source === undefined ? {} : { source }) },
    request: withoutUndefined(request),
    model: { id: model?.id ?? '', identity: model?.identity ?? {} },
    options: {
      fresh: options.fresh ?? false,
      cache: options.cache ?? true,
      ...(options.scope === undefined ? {} : { scope: options.scope }),
    },
    strategy,
    sources: sourcesOf(compile(pipeline), request, models, engine.options.env),
  };
  for (let attempt = 1, sessionId = session.sessionId; ; attempt += 1, sessionId = makeId()) {
    try {
      return await sessions.create(plan, { id: sessionId });
    } catch (error) {
      // Ids are told by the second: two runs can meet. One that the caller chose is the caller's.
      const taken = (error as { readonly code?: unknown }).code === 'ERR_ORC_SESSION_EXISTS';
      if (!taken || options.sessionId !== undefined || attempt >= 20) throw error;
    }
  }
}

function withoutUndefined(request: PipelineRequest): JsonObject {
  return Object.fromEntries(
    Object.entries(request).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined),
  );
}
