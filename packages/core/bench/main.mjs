// The figures of this package.
//   node bench/main.mjs            a table to stderr, JSON to stdout
//   node bench/main.mjs --quick    fewer rounds: to look at, not to quote
//   node bench/main.mjs --only hits,waits
//   node bench/main.mjs --samples  every sample in the JSON, for who compares
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';

import { runJournal, runResume } from './journal.mjs';
import { runHits, runOverhead } from './phases.mjs';
import { judge, print } from './report.mjs';
import { runRequests } from './requests.mjs';
import { runSpeculation, runWaits } from './waits.mjs';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    samples: { type: 'boolean', default: false },
  },
});

const parts = {
  hits: runHits,
  overhead: runOverhead,
  journal: runJournal,
  waits: runWaits,
  speculation: runSpeculation,
  requests: runRequests,
  resume: runResume,
};
const only = options.only?.split(',') ?? Object.keys(parts);
const results = {};
for (const name of only) {
  process.stderr.write(`${name} … `);
  const begun = performance.now();
  results[name] = await parts[name]({ quick: options.quick });
  process.stderr.write(`${((performance.now() - begun) / 1000).toFixed(1)} s\n`);
}
const whole = only.length === Object.keys(parts).length;
const report = {
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
  cpu: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
  quick: options.quick,
  results,
  figures: whole ? judge(results) : [],
};
print(report);
process.stdout.write(
  `${JSON.stringify(report, (key, value) => (key === 'values' && !options.samples ? undefined : value), 2)}\n`,
);
