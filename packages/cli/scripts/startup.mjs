// Start-up against bare Node, medians in milliseconds: `node packages/cli/scripts/startup.mjs [rounds]`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bin = join(dirname(dirname(fileURLToPath(import.meta.url))), 'dist', 'bin.js');
const rounds = Number(process.argv[2] ?? 15);
const home = mkdtempSync(join(tmpdir(), 'orc-startup-'));
const env = { PATH: process.env.PATH, HOME: home };
const cases = {
  'node -e 0': ['-e', '0'],
  'orc --version': [bin, '--version'],
  'orc --help': [bin, '--help'],
  'orc config list': [bin, 'config', 'list'],
  'orc "what is rain?", cached, plain': [bin, '--ui', 'plain', 'what is rain?'],
};
const run = (args) => {
  const started = process.hrtime.bigint();
  const { status } = spawnSync(process.execPath, args, { env, cwd: home, stdio: 'ignore' });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}`);
  return Number(process.hrtime.bigint() - started) / 1e6;
};
for (const args of Object.values(cases)) run(args);
// Interleaved, so that a busy moment of the machine meets all of them.
const times = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
for (let round = 0; round < rounds; round += 1)
  for (const [name, args] of Object.entries(cases)) times[name].push(run(args));
const quantile = (values, share) => values.toSorted((a, b) => a - b)[Math.floor(share * (values.length - 1))];
const bare = quantile(times['node -e 0'], 0.5);
for (const [name, values] of Object.entries(times)) {
  const median = quantile(values, 0.5);
  console.log(
    `${name.padEnd(36)} ${median.toFixed(0).padStart(5)} ms  (${quantile(values, 0.1).toFixed(0)}–${quantile(values, 0.9).toFixed(0)})  ${(median / bare).toFixed(2)} × node`,
  );
}
rmSync(home, { recursive: true, force: true });
