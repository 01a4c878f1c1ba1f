import type { RemoteWorkerInfo } from '@orc/scheduler/bullmq';
import { z } from 'zod';

import type { Pipeline } from '../pipeline/define-pipeline.ts';
import type { RemotePhaseRequest } from '../run/remote-port.ts';
import { packageVersion } from './queue-names.ts';

/** The group in which all workers announce themselves, whatever they serve. */
export const fleetName = 'workers';

const mostPipelines = 200;

const about = z.object({
  version: z.string(),
  pipelines: z.array(z.tuple([z.string(), z.string(), z.string()])).max(mostPipelines),
  models: z.array(z.string()),
  refuses: z.string().optional(),
});

/** What a worker tells of itself, so that a coordinator can say why it can't use it. */
export function aboutWorker(
  pipelines: readonly Pipeline[],
  models: readonly string[],
  refuses: string | undefined,
): string {
  const known = pipelines.slice(0, mostPipelines).map(({ id, version, digest }) => [id, version, digest.slice(0, 32)]);
  return JSON.stringify({
    version: packageVersion,
    pipelines: known,
    models,
    ...(refuses === undefined ? {} : { refuses }),
  });
}

/** Why none of the workers takes a task, as far as they tell; empty where they do not. */
export function missingWorker(request: RemotePhaseRequest, workers: readonly RemoteWorkerInfo[]): string {
  const told = workers.flatMap(({ name, about: text }) => {
    const read = about.safeParse(parsed(text));
    return read.data === undefined ? [] : [{ name, ...read.data }];
  });
  const { id, version, digest, source } = request.pipeline;
  const same = told.filter((one) => one.version === packageVersion);
  if (told.length > 0 && same.length === 0)
    return `. The workers run version ${[...new Set(told.map((one) => one.version))].join(', ')} of @orc/core, this is ${packageVersion}`;
  const has = same.filter(
    ({ pipelines }) => source !== undefined || pipelines.some(([, , own]) => digest.startsWith(own)),
  );
  if (has.length === 0) {
    for (const { name, pipelines } of same) {
      const other = pipelines.find(([own]) => own === id);
      if (other !== undefined)
        return `. Worker ${name} serves another version of \`${id}\`: ${other[1]}, digest ${other[2].slice(0, 12)}; this is ${version}, digest ${digest.slice(0, 12)}. Give all machines the same files, and start the worker again`;
    }
    return same.length === 0 ? '' : `. The workers do not serve \`${id}\`: start them with \`--pipeline\``;
  }
  const spent = has.find((one) => one.refuses !== undefined);
  if (spent?.refuses !== undefined) return `. Worker ${spent.name} takes no such task: ${spent.refuses}`;
  const { model } = request;
  if (model === undefined) return '';
  const models = [...new Set(has.flatMap((one) => one.models))];
  return `. The workers do not serve the model ${model.id} as it is configured here; they serve ${models.length === 0 ? 'none' : models.join(', ')}`;
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
