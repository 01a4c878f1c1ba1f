import type { Pipeline } from '@orc/core';
import { builtInPipelines, choosePipeline, loadPipeline, parsePipeline } from '@orc/core/pipelines';

import { didYouMean } from '../args/suggest.ts';
import { userPath } from '../config/paths.ts';
import { CliError } from '../errors.ts';
import { exitCodes } from '../exit-code.ts';
import type { Host } from '../host.ts';

/** A pipeline that was found, and why it is this one. */
export interface FoundPipeline {
  /** The pipeline. */
  readonly pipeline: Pipeline;
  /** Why it is this one. */
  readonly reason: string;
  /** What `analyze` is to look at above all. */
  readonly focus?: string | undefined;
}

/** Whether a name is a file's. */
export function isPipelineFile(name: string): boolean {
  return /\.(ya?ml|m?js)$/i.test(name);
}

/**
 * Finds a pipeline: `auto` chooses by the request, a name is a built-in one, anything that ends like a file is one.
 *
 * @throws ERR_CLI_CONFIG (exit code 3) when there is no such pipeline.
 */
export async function findPipeline(host: Host, name: string, request: string): Promise<FoundPipeline> {
  if (isPipelineFile(name))
    return { pipeline: await loadPipeline(userPath(host, name)), reason: 'named by --pipeline' };
  const choice = name === 'auto' ? choosePipeline(request) : undefined;
  const id = choice?.id ?? name;
  const found = builtInPipelines.find((each) => each.id === id);
  if (found === undefined) {
    const names = ['auto', ...builtInPipelines.map((each) => each.id)];
    throw new CliError('ERR_CLI_CONFIG', `there is no pipeline \`${name}\``, {
      exitCode: exitCodes.config,
      hint: didYouMean(name, names) || `there are ${names.join(', ')}; a file ends in .yaml, .yml, .mjs or .js`,
    });
  }
  return {
    pipeline: await found.load(),
    reason: choice?.reason ?? 'named by --pipeline',
    ...(choice?.focus === undefined ? {} : { focus: choice.focus }),
  };
}

/** The names of a pipeline's own options: those that a phase declares. */
export function optionsOf(pipeline: Pipeline): readonly string[] {
  const parts = pipeline.phases.flatMap((phase) => phase.definition.uses.request);
  const names = parts.filter((part) => part.startsWith('options.')).map((part) => part.slice('options.'.length));
  return [...new Set(names)].toSorted();
}

/**
 * The pipeline of a session: from its own source, or the built-in one of that name. `undefined` when neither is there; the engine then
 * says what is missing.
 */
export async function pipelineOfSession(
  host: Host,
  pipeline: { readonly id: string; readonly source?: string | undefined },
  named?: string,
): Promise<Pipeline | undefined> {
  if (named !== undefined) return (await findPipeline(host, named, '')).pipeline;
  if (pipeline.source !== undefined) return parsePipeline(pipeline.source, `${pipeline.id}.yaml`);
  return builtInPipelines.find(({ id }) => id === pipeline.id)?.load();
}
