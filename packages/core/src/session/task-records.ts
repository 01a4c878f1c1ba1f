import { join } from 'node:path';

import { digest, type JsonValue } from '@orc/cache';

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
    // A text's file is named by its digest, which was compared already.
    const known = outputFile !== undefined && outputText === true && outputFile === line.outputDigest;
    if (known || digestOf(found.output, line.status) === line.outputDigest)
      records.set(task, { ...rest, output: found.output });
  }
  return records;
}

function digestOf(output: JsonValue, status: TaskRecord['status']): string | undefined {
  if (status === 'skipped') return output === null ? 'skipped' : undefined;
  try {
    return digest(output);
  } catch {
    return undefined;
  }
}
