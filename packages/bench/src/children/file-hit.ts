// A fresh process whose first hit comes from the file tier: node file-hit.js CACHE_DIR REQUEST_NUMBER
import { createOrchestrator } from '@orc/core';
import { resolveModel } from '@orc/core/ai';

import { realisticPipeline, realisticRequest } from '../pipelines/realistic.ts';

const [dir, number] = process.argv.slice(2) as [string, string];
const model = await resolveModel('offline/scribe', { env: {} });
const orchestrator = createOrchestrator({ model, cache: { file: { dir } }, prefetch: 'off' });
const run = orchestrator.run(realisticPipeline, { text: realisticRequest(Number(number)), seed: 1 });
let tier = 'none';
run.subscribe((event) => {
  if (event.type === 'task-hit' && event.phase === 'draft') tier = event.tier;
});
const result = await run.result;
process.stdout.write(JSON.stringify({ ms: result.phases.find((phase) => phase.id === 'draft')?.durationMs, tier }));
await orchestrator.close();
