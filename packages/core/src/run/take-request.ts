import type { JsonValue } from '@orc/cache';

import { checkRequest, type PipelineRequest } from '../pipeline/request.ts';
import { freezeJson, jsonOutput } from './json-output.ts';

/**
 * A request of the engine's own: checked, copied all the way down and frozen, so that keys and phases see the same one however long a run
 * takes and whatever its owner does with theirs. Options that are `undefined` are not there.
 *
 * @throws OrcError `ERR_ORC_REQUEST`.
 */
export function takeRequest(request: PipelineRequest): PipelineRequest {
  checkRequest(request);
  const taken: Record<string, unknown> = { ...request };
  for (const [name, value] of Object.entries(taken)) if (value === undefined) delete taken[name];
  if (request.options !== undefined) {
    const options: Record<string, JsonValue> = {};
    for (const [name, value] of Object.entries(request.options))
      if (value !== undefined)
        Object.defineProperty(options, name, { value: jsonOutput(value, name), enumerable: true });
    taken['options'] = options;
  }
  // What it was checked for, the copy must be too: a getter may say something else the second time.
  const copy = freezeJson(taken) as unknown as PipelineRequest;
  checkRequest(copy);
  return copy;
}
