import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { digest } from '@orc/cache';
import type { TaskHandle } from '@orc/scheduler';

import { OrcError } from '../errors.ts';

/**
 * What a function is made of, for the version of its phase. The text alone: values that it closes over do not show, which is
 * what `version` and `source` are for.
 */
export function functionText(work: unknown): string {
  return typeof work === 'function' ? Function.prototype.toString.call(work) : '';
}

/** The digest of a worker module's bytes, without the path it lies at: a copied folder keeps its keys. */
export function moduleDigest(task: TaskHandle, phase: string): string {
  let text: string;
  try {
    text = readFileSync(fileURLToPath(task.module), 'utf8');
  } catch (cause) {
    throw new OrcError(
      'ERR_ORC_PHASE',
      `Expected \`run.module\` of phase \`${phase}\` to be a file that can be read, got ${task.module}`,
      {
        cause,
        phase,
        hint: 'Give defineTask a file URL of a JavaScript module: new URL("./task.js", import.meta.url).',
      },
    );
  }
  return digest(text, task.export ?? 'default');
}
