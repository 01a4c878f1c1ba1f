// node run.mjs ENGINE SAMPLES: one engine in a fresh process; prints {version, samples: {workload: number[]}}.
import { engines } from './engines.mjs';
import { timeEngine, workloads } from './workloads.mjs';

const [name, samples = '5'] = process.argv.slice(2);
const engine = await engines[name]();
const result = {};
for (const workload of Object.keys(workloads))
  result[workload] = await timeEngine(engine.prepare, workload, Number(samples));
console.log(JSON.stringify({ version: engine.version, samples: result }));
process.exit(0);
