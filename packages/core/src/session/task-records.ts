import { join } from 'node:path';

import type { JournalContent } from './journal-reader.ts';
import { readOutputFile } from './output-files.ts';
import type { TaskRecord } from './session-port.ts';

/** The finished tasks of a journal, with their outputs. One whose output file is missing or damaged is left out: it is not done. */
export async function loadRecords(dir: string, content: JournalContent): Promise<ReadonlyMap<string, TaskRecord>> {
  const records = new Map<string, TaskRecord>();
  for (const [task, line] of content.tasks) {
    const { type: _type, at: _at, output, outputFile, outputText, ...rest } = line;
    if (outputFile === undefined) {
      if (output !== undefined) records.set(task, { ...rest, output });
      continue;
    }
    const found = await readOutputFile(join(dir, 'outputs'), outputFile, outputText === true);
    if (found !== undefined) records.set(task, { ...rest, output: found.output });
  }
  return records;
}
