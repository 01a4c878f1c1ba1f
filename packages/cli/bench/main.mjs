// The command's own figures: `pnpm --filter @orc/cli bench`, `--quick` for few rounds, `--samples` for every sample, `--only start` or
// `--only size` for one half.
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { measureInstalled } from './installed.mjs';
import { startCases } from './start.mjs';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    samples: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});
const say = (line) => process.stderr.write(`${line}\n`);
const results = {
  machine: { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length },
  quick: values.quick,
};

if (values.only !== 'size') {
  results.start = await measureStart(values.quick ? 7 : 31);
  say('start (ms: median, 10 % – 90 %, × node -e 0)');
  for (const { name, median, low, high, ratio, limit, met } of results.start) {
    const bound =
      limit === undefined
        ? ''
        : `  ${met ? 'within' : 'ABOVE'} ${limit.ms === undefined ? `${limit.ratio} ×` : `${limit.ms} ms`}`;
    say(
      `  ${name.padEnd(36)}${median.toFixed(1).padStart(7)}  ${low.toFixed(0)} – ${high.toFixed(0)}  ${ratio.toFixed(2)} ×${bound}`,
    );
  }
}
if (values.only !== 'start') {
  const { version, bytes, weights } = measureInstalled();
  results.installed = { version, bytes, limit: 60e6, met: bytes <= 60e6, weights: Object.fromEntries(weights) };
  const megabytes = (size) => `${(size / 1e6).toFixed(1)} MB`;
  say(`installed from tarballs, called by npx: ${megabytes(bytes)} (limit 60 MB)`);
  for (const [name, size] of weights.slice(0, 12)) say(`  ${name.padEnd(36)}${megabytes(size).padStart(9)}`);
}
process.stdout.write(`${JSON.stringify(results, undefined, 2)}\n`);

/** Interleaved, so that a busy moment of the machine meets all cases. */
async function measureStart(rounds) {
  const home = mkdtempSync(join(tmpdir(), 'orc-start-'));
  try {
    const cases = startCases(home).map((each) => ({ ...each, times: [] }));
    for (let round = -1; round < rounds; round += 1)
      for (const each of cases) {
        const time = await each.run();
        if (round >= 0) each.times.push(time);
      }
    const quantile = (times, share) => times.toSorted((a, b) => a - b)[Math.floor(share * (times.length - 1))];
    const bare = quantile(cases[0].times, 0.5);
    return cases.map(({ name, limit, times }) => {
      const median = quantile(times, 0.5);
      const met = limit === undefined || (limit.ms === undefined ? median <= limit.ratio * bare : median <= limit.ms);
      const spread = { median, low: quantile(times, 0.1), high: quantile(times, 0.9) };
      return { name, ...spread, ratio: median / bare, limit, met, ...(values.samples ? { values: times } : {}) };
    });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
