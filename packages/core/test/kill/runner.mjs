// One process of the kill harness: runs or resumes a session, and kills itself where it was told to.
import { writeSync } from 'node:fs';

import * as core from '../../dist/index.js';
import { echoModel, killPipeline, killRequest } from './pipeline.mjs';

const { action, sessionId, dataDir, cacheDir, logFile, pace, options, killAt } = JSON.parse(process.argv[2]);
const pipeline = killPipeline(core, logFile, pace);
const orchestrator = core.createOrchestrator({
  dataDir,
  model: echoModel(pace),
  cache: cacheDir === undefined ? {} : { file: { dir: cacheDir } },
  ...options,
});
const run =
  action === 'run'
    ? orchestrator.run(pipeline, killRequest, { sessionId })
    : await orchestrator.resume(sessionId, {
        pipelines: (id, digest) => (id === pipeline.id && digest === pipeline.digest ? pipeline : undefined),
      });
let seen = 0;
run.subscribe((event) => {
  if (killAt === undefined || event.type !== killAt.event) return;
  seen += 1;
  // An artifact is told when it is in place and its record is not written; a checkpoint when the record is on the disk and the cache has nothing yet.
  if (seen === killAt.count) process.kill(process.pid, 'SIGKILL');
});
// The harness counts its delay from here.
writeSync(1, 'started\n');
const result = await run.result;
await orchestrator.close();
writeSync(
  1,
  `${JSON.stringify({ status: result.status, text: result.text, artifacts: result.artifacts, error: result.error })}\n`,
);
