// A worker machine for the distributed scenario: node worker.js REDIS_URL MODEL CONCURRENCY; prints "ready", ends on SIGTERM.
import { resolveModel } from '@orc/core/ai';
import { servePipelines } from '@orc/core/distributed';
import { builtInPipelines } from '@orc/core/pipelines';

const [url, modelId, concurrency] = process.argv.slice(2) as [string, string, string];
const model = await resolveModel(modelId, { env: {} });
const fiction = builtInPipelines.find((item) => item.id === 'fiction');
if (fiction === undefined) throw new Error('no fiction pipeline');
const server = await servePipelines({
  pipelines: [await fiction.load()],
  model,
  connection: url,
  concurrency: Number(concurrency),
  preset: 'fast',
});
process.once('SIGTERM', () => void server.close().then(() => process.exit(0)));
process.stdout.write('ready\n');
