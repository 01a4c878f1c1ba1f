// Writes the JSON Schemas that editors read, from the definitions: node scripts/write-schemas.mjs (after a build).
import { writeFileSync } from 'node:fs';

import { pipelineFileSchema } from '@orc/core/pipelines';

writeFileSync(
  new URL('../examples/pipeline.schema.json', import.meta.url),
  `${JSON.stringify(await pipelineFileSchema(), null, 2)}\n`,
);
