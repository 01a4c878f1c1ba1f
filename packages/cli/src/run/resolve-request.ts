import { statSync } from 'node:fs';

import type { Pipeline, PipelineRequest } from '@orc/core';

import { didYouMean } from '../args/suggest.ts';
import type { CommandContext } from '../commands/context.ts';
import { userPath } from '../config/paths.ts';
import { findPipeline, optionsOf } from '../engine/pipelines.ts';
import { usageError } from '../errors.ts';
import { readOptions, readSeed, readWords } from './run-options.ts';

/** A request with the pipeline that answers it. */
export interface ResolvedRequest {
  /** The pipeline. */
  readonly pipeline: Pipeline;
  /** Why it is this one. */
  readonly reason: string;
  /** The request, with seed, words, folder and options. */
  readonly request: PipelineRequest;
}

/**
 * Resolves what a call asks for.
 *
 * @throws ERR_CLI_USAGE for a bad number, option or folder; the engine's errors for a pipeline that does not exist or is invalid.
 */
export async function resolveRequest(context: CommandContext, text: string): Promise<ResolvedRequest> {
  const { flags, host } = context;
  const seed = readSeed(flags);
  const words = readWords(flags);
  const options = readOptions(flags);
  const { pipeline, reason, focus } = await findPipeline(host, flags.text('pipeline') ?? 'auto', text);
  const readsFolder = pipeline.phases.some((phase) => phase.definition.uses.request.includes('input'));
  const known = optionsOf(pipeline);
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const hint = known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`;
    throw usageError(`the pipeline ${pipeline.id} has no option \`${name}\``, didYouMean(name, known) || hint);
  }
  if (flags.text('input') !== undefined && !readsFolder && flags.is('quiet') !== true)
    context.note(
      `${context.errorStyle.warn('warning:')} the pipeline ${pipeline.id} reads no folder; --input has no effect`,
    );
  const input =
    flags.text('input') === undefined
      ? readsFolder
        ? host.cwd
        : undefined
      : userPath(host, flags.text('input') ?? '');
  if (input !== undefined && statSync(input, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw usageError(`expected --input to be a folder, got ${input}`);
  }
  const allOptions = focus === undefined || Object.hasOwn(options, 'focus') ? options : { ...options, focus };
  return {
    pipeline,
    reason,
    request: {
      text,
      seed,
      ...(words === undefined ? {} : { words }),
      ...(input === undefined ? {} : { input }),
      ...(Object.keys(allOptions).length === 0 ? {} : { options: allOptions }),
    },
  };
}
