// The figures of this package beside those of its peers, in one interleaved run.
//   node bench/main.mjs            a table to stderr, JSON to stdout
//   node bench/main.mjs --json     JSON only
//   node bench/main.mjs --markdown the tables of the README to stdout
//   node bench/main.mjs --samples  JSON with every sample, for who compares
//   node bench/main.mjs --quick    fewer rounds: to look at, not to quote
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';

import { runBytes } from './bytes.mjs';
import { runFiles } from './files.mjs';
import { runFootprint } from './footprint.mjs';
import { runHits } from './hits.mjs';
import { runInstalled } from './installed.mjs';
import { runAwaited } from './awaited.mjs';
import { runKills } from './kills.mjs';
import { markdown } from './markdown.mjs';
import { versions } from './peers.mjs';
import { judge, print } from './report.mjs';
import { runStampede } from './stampede.mjs';
import { runSweeps } from './sweeps.mjs';
import { runTurns } from './turns.mjs';

const options = readOptions();

function readOptions() {
  const flag = { type: 'boolean', default: false };
  try {
    return parseArgs({ options: { json: flag, markdown: flag, quick: flag, samples: flag } }).values;
  } catch (error) {
    process.stderr.write(`${error.message}; there are --json, --markdown, --quick and --samples\n`);
    return process.exit(2);
  }
}

const parts = {
  hits: runHits,
  awaited: runAwaited,
  turns: runTurns,
  bytes: runBytes,
  sweeps: runSweeps,
  footprint: runFootprint,
  stampede: runStampede,
  files: runFiles,
  kills: runKills,
  installed: runInstalled,
};
const results = {};
for (const [name, run] of Object.entries(parts)) {
  if (!options.json) process.stderr.write(`${name} … `);
  const begun = performance.now();
  results[name] = await run({ quick: options.quick });
  if (!options.json) process.stderr.write(`${((performance.now() - begun) / 1000).toFixed(1)} s\n`);
}
const report = {
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
  cpu: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
  quick: options.quick,
  versions: versions(),
  results,
  figures: judge(results),
};
if (!options.json) print(report);
const text = options.markdown
  ? markdown(report)
  : JSON.stringify(report, (key, value) => (key === 'values' && !options.samples ? undefined : value), 2);
// Some peers leave timers behind; a pipe takes more than one piece.
process.stdout.write(`${text}\n`, () => process.exit(0));
