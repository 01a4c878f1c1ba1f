// `pnpm check`: all that gates besides the tests. Every step runs, so that one report shows everything.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = (name) => join(root, 'node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name);

/**
 * `tells`: also what a step that has passed says is shown. `onDemand`: takes minutes, and runs only when it is named:
 * `pnpm check 'fuzzers, long'`.
 * @type {{name: string, command: string, args: string[], tells?: boolean, onDemand?: boolean}[]}
 */
const steps = [
  { name: 'build', command: bin('turbo'), args: ['run', 'build', '--output-logs=errors-only'] },
  { name: 'types', command: bin('tsc'), args: ['-b'] },
  { name: 'lint', command: bin('oxlint'), args: ['--type-aware', '--deny-warnings'] },
  { name: 'format', command: bin('oxfmt'), args: ['--check', '.'] },
  { name: 'dead code', command: bin('knip'), args: ['--treat-config-hints-as-errors'] },
  { name: 'docs', command: process.execPath, args: ['scripts/check-docs.mjs'] },
  { name: 'exports', command: bin('turbo'), args: ['run', 'check:exports', '--output-logs=errors-only'] },
  { name: 'regular expressions', command: process.execPath, args: ['scripts/check-regexes.mjs'], onDemand: true },
  { name: 'repository text', command: process.execPath, args: ['scripts/check-text.mjs'] },
  {
    name: 'kill -9, 200 times',
    command: process.execPath,
    args: ['packages/core/test/kill/harness.mjs', '--kills', '200'],
    tells: true,
  },
  { name: 'fuzzers, long', command: process.execPath, args: ['scripts/fuzz.mjs'], tells: true, onDemand: true },
  { name: 'budgets', command: process.execPath, args: ['packages/bench/dist/main.js', 'check'] },
];

// A run that dies must not leave the results of the one before it.
const file = join(root, 'node_modules', '.cache', 'orc', 'check-results.json');
mkdirSync(dirname(file), { recursive: true });
rmSync(file, { force: true });

const only = process.argv.slice(2);
const results = [];
for (const step of steps) {
  if (only.length > 0 ? !only.includes(step.name) : step.onDemand === true) continue;
  const started = performance.now();
  const run = spawnSync(step.command, step.args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1' },
    shell: process.platform === 'win32' && step.command.endsWith('.cmd'),
  });
  const passed = run.status === 0;
  results.push({ name: step.name, passed });
  console.log(`${passed ? 'ok  ' : 'FAIL'} ${step.name} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  if (!passed || step.tells === true) console.log(`${run.stdout ?? ''}${run.stderr ?? ''}${run.error ?? ''}`.trimEnd());
}
writeFileSync(file, JSON.stringify(results));
const failed = results.filter((result) => !result.passed);
if (failed.length > 0) {
  console.log(`check: ${failed.map((result) => result.name).join(', ')} failed`);
  process.exit(1);
}
