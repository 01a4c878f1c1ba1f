import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { OrcError } from '../../errors.ts';
import { readRegularFile } from '../../files/read-regular-file.ts';
import { withCode, type Pipeline } from '../../pipeline/define-pipeline.ts';
import { moduleChanged } from '../../pipeline/module-graph.ts';
import { mostYamlBytes } from './file-size.ts';
import { codeOf } from './module-code.ts';
import { parsePipeline } from './parse-pipeline.ts';

/**
 * Loads a user's pipeline: a YAML file, or an ES module whose default export (or export `pipeline`) was made by `definePipeline`.
 * A module is code of the user's own and runs as such.
 *
 * @throws OrcError `ERR_ORC_PIPELINE_NOT_FOUND` when there is no such file, `ERR_ORC_PIPELINE_FILE` when it is not a pipeline.
 */
export async function loadPipeline(path: string): Promise<Pipeline> {
  const full = resolve(path);
  switch (extname(full)) {
    case '.yaml':
    case '.yml':
      return await parsePipeline(readText(full, path, mostYamlBytes), path);
    case '.js':
    case '.mjs':
      readText(full, path, mostModuleBytes);
      return await loadModule(full, path);
    default:
      throw new OrcError(
        'ERR_ORC_PIPELINE_FILE',
        `Expected a pipeline file ending in .yaml, .yml, .mjs or .js, got ${path}`,
      );
  }
}

const mostModuleBytes = 1_000_000;

function readText(full: string, path: string, mostBytes: number): string {
  const found = readRegularFile(full, { maxBytes: mostBytes });
  switch (found.refused) {
    case undefined:
      return found.content.toString('utf8');
    case 'large':
      throw new OrcError(
        'ERR_ORC_PIPELINE_FILE',
        `Expected the pipeline file ${path} to hold at most ${mostBytes} bytes, got ${found.detail}`,
        { hint: 'Pass long texts in as options or as files that a `read` phase names.' },
      );
    case 'type':
    case 'link':
      throw new OrcError('ERR_ORC_PIPELINE_FILE', `Expected ${path} to be a file, got ${found.detail}`);
    case 'missing':
    case 'unreadable':
      throw new OrcError(
        'ERR_ORC_PIPELINE_NOT_FOUND',
        `Expected a pipeline file at ${path}, could not read it (${found.detail})`,
        { cause: found.cause },
      );
  }
}

// Its code is part of its digest and of every key: a constant or a helper that was edited shows in no function's text.
async function loadModule(full: string, path: string): Promise<Pipeline> {
  const { graph, digest } = codeOf(pathToFileURL(full).href);
  const pipeline = moduleExport(await importModule(full, path), path);
  const changed = await moduleChanged(graph);
  if (changed !== undefined) {
    throw new OrcError('ERR_ORC_PIPELINE_FILE', `Expected ${changed} to stay as it is while ${path} is loaded`, {
      hint: 'It was edited meanwhile, so that nobody can tell which of the two was loaded: start the command again.',
    });
  }
  return withCode(pipeline, digest);
}

async function importModule(full: string, path: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(full).href)) as Record<string, unknown>;
  } catch (error) {
    throw new OrcError(
      'ERR_ORC_PIPELINE_FILE',
      `Expected ${path} to load as an ES module: ${(error as Error).message}`,
      { cause: error },
    );
  }
}

function moduleExport(module: Record<string, unknown>, path: string): Pipeline {
  const found = module['default'] ?? module['pipeline'];
  if (typeof found === 'object' && found !== null && 'digest' in found && 'phases' in found) return found as Pipeline;
  throw new OrcError(
    'ERR_ORC_PIPELINE_FILE',
    `Expected ${path} to export a pipeline made by definePipeline, as default or as \`pipeline\``,
  );
}
