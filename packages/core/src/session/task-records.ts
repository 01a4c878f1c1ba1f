import { join } from 'node:path';

import { digest, type JsonValue } from '@orc/cache';

import { jsonDigest } from '../json-digest.ts';
import type { TaskLine } from './journal-record.ts';
import type { JournalContent } from './journal-reader.ts';
import { readOutputFile } from './output-files.ts';
import type { TaskRecord } from './session-port.ts';

/**
 * The finished tasks of a journal, with their outputs. One whose output is missing or is not the one that was recorded, by its digest, is left out:
 * it is not done.
 */
export async function loadRecords(dir: string, content: JournalContent): Promise<ReadonlyMap<string, TaskRecord>> {
  const records = new Map<string, TaskRecord>();
  for (const [task, line] of content.tasks) {
    const { type: _type, at: _at, output, outputFile, outputText, ...rest } = line;
    const found =
      outputFile === undefined
        ? output === undefined
          ? undefined
          : { output }
        : await readOutputFile(join(dir, 'outputs'), outputFile, outputText === true);
    if (found === undefined) continue;
    if (isRecorded(found.output, line)) records.set(task, { ...rest, output: found.output });
  }
  return records;
}

/** Whether an output is the one that was recorded. A run without keys records no digests. */
function isRecorded(
  output: JsonValue,
  {
    status,
    outputDigest,
    outputFile,
    outputText,
  }: Pick<TaskLine, 'status' | 'outputDigest' | 'outputFile' | 'outputText'>,
): boolean {
  if (status === 'skipped') return output === null && (outputDigest === 'skipped' || outputDigest === '');
  if (outputDigest === '') return true;
  // A text's file is named by its digest, which was compared already.
  if (outputFile !== undefined && outputText === true && outputFile === outputDigest) return true;
  try {
    // What was recorded before digests knew the order of members has the other one.
    return jsonDigest(output) === outputDigest || digest(output) === outputDigest;
  } catch {
    return false;
  }
}
