import { digest, type JsonObject } from '@orc/cache';

import { digestFiles } from '../key/declared-files.ts';
import { jsonDigest } from '../json-digest.ts';
import { variableDigest } from '../key/phase-keys.ts';
import type { Pipeline } from '../pipeline/define-pipeline.ts';
import type { PipelineRequest } from '../pipeline/request.ts';
import type { Session, SessionSources } from '../session/session-port.ts';
import { compile, type CompiledPipeline } from './compiled.ts';
import { environmentOf } from './declared-env.ts';
import { modelFor, type RunModels } from './model-for.ts';
import type { ResolvedOrchestratorOptions } from './options.ts';

/** What the results of a session are made from, besides its pipeline and files: for a resumption to tell whether it still is so. */
export function sourcesOf(
  compiled: CompiledPipeline,
  request: PipelineRequest,
  models: RunModels,
  env: Readonly<Record<string, string | undefined>>,
): SessionSources {
  const variables = Object.entries(environmentOf(compiled, env)).map(
    ([name, value]) => [name, variableDigest(name, value)] as const,
  );
  const clients = compiled.phases.flatMap((phase) => {
    const model = models.of(phase);
    return model === undefined ? [] : [[phase.id, digest(model.id, model.identity)] as const];
  });
  return {
    request: jsonDigest(request as unknown as JsonObject),
    env: Object.fromEntries(variables),
    models: Object.fromEntries(clients),
  };
}

/** Names what is not as it was when the records of a session were made. Empty where nothing is; what can't be told counts as changed. */
export async function changedSources(
  pipeline: Pipeline,
  request: PipelineRequest,
  session: Session,
  options: ResolvedOrchestratorOptions,
): Promise<readonly string[]> {
  const compiled = compile(pipeline);
  const changed = await changedFiles(request, session);
  const { sources } = session.plan;
  // An older version noted none: what its records say holds.
  if (sources === undefined) return changed;
  const models = attempt(() => modelFor(compiled, options));
  // The run will say so itself.
  if (models === undefined) return changed;
  const now = sourcesOf(compiled, request, models, options.env);
  const differing = (part: 'env' | 'models'): readonly string[] =>
    [...new Set([...Object.keys(sources[part]), ...Object.keys(now[part])])].filter(
      (name) => sources[part][name] !== now[part][name],
    );
  return [
    ...(sources.request === now.request ? [] : ['the request']),
    ...differing('env').map((name) => `the environment variable ${name}`),
    ...(differing('models').length === 0 ? [] : ['the model']),
    ...changed,
  ];
}

function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}

async function changedFiles(request: PipelineRequest, session: Session): Promise<readonly string[]> {
  const wanted = new Map<string, string>();
  const changed = new Set<string>();
  for (const { files = {} } of session.completed.values()) {
    for (const [name, held] of Object.entries(files)) {
      const other = wanted.get(name);
      if (other !== undefined && other !== held) changed.add(name);
      wanted.set(name, held);
    }
  }
  for (const [name, held] of wanted) {
    const now = await digestFiles([name], request, '').catch(() => undefined);
    if (now?.[0]?.[1] !== held) changed.add(name);
  }
  return [...changed].map((name) => `the file ${name}`);
}
