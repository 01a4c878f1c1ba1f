import type { JsonValue } from '@orc/cache';
import type { StandardSchemaV1 } from '@standard-schema/spec';

import { OrcError, type OrcErrorCode } from '../errors.ts';
import { jsonOutput } from './json-output.ts';
import { sameJson } from './same-json.ts';

/** What is wrong with a value, in one line: paths and messages, the first five. */
export function issuesText(issues: readonly StandardSchemaV1.Issue[]): string {
  const told = issues.slice(0, 5).map((issue) => {
    const path = issue.path?.map((step) => String(typeof step === 'object' ? step.key : step)).join('.');
    return path === undefined || path === '' ? issue.message : `\`${path}\`: ${issue.message}`;
  });
  return issues.length > 5 ? `${told.join('; ')}; and ${issues.length - 5} more` : told.join('; ');
}

/** Checks a value against a schema; the schema's result is the value. At once where the schema is. */
export function validate(
  schema: StandardSchemaV1,
  value: unknown,
  code: OrcErrorCode & ('ERR_ORC_INPUT_INVALID' | 'ERR_ORC_OUTPUT_INVALID'),
  where: { readonly phase: string; readonly task: string },
): unknown {
  const settle = (result: StandardSchemaV1.Result<unknown>): unknown => {
    if (result.issues === undefined) return result.value;
    const what = code === 'ERR_ORC_INPUT_INVALID' ? 'inputs' : 'output';
    throw new OrcError(
      code,
      `The ${what} of task \`${where.task}\` ${what === 'inputs' ? 'do' : 'does'} not satisfy the schema: ${issuesText(result.issues)}`,
      {
        ...where,
        retryable: code === 'ERR_ORC_OUTPUT_INVALID',
      },
    );
  };
  const result = schema['~standard'].validate(value);
  return result instanceof Promise ? result.then(settle) : settle(result);
}

/** An output that satisfies its schema, with what it was made of. */
export interface CheckedOutput {
  readonly output: JsonValue;
  /** What the phase returned, where the schema made another value of it. */
  readonly raw?: JsonValue | undefined;
  /** Whether JSON can't carry what the phase returned. */
  readonly opaque?: boolean | undefined;
}

/** Puts an output together with what the phase returned. */
export function checkedOutput(returned: unknown, output: JsonValue, task: string): CheckedOutput {
  let raw: JsonValue;
  try {
    raw = jsonOutput(returned, task);
  } catch {
    return { output, opaque: true };
  }
  return sameJson(raw, output) ? { output } : { output, raw };
}
