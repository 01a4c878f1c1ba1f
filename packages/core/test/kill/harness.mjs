// Kills runs with SIGKILL, resumes them, and checks that nothing shows. `node harness.mjs --kills 200 [--seed 1]`
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { createOrchestrator } from '../../dist/index.js';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    verbose: { type: 'boolean' },
  },
});
const kills = Number(values.kills);
const pace = 4;
const runner = fileURLToPath(new URL('runner.mjs', import.meta.url));

// mulberry32: the moments are random, and the same for the same seed as far as the machine lets them.
let state = Number(values.seed) >>> 0;
function random() {
  state = (state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
}
const pick = (list) => list[Math.floor(random() * list.length)];

/** Starts a runner; resolves when it has ended. `killAfterMs` counts from the moment it starts working. */
function launch(job, killAfterMs) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [runner, JSON.stringify({ pace, ...job })], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let errors = '';
    let startedAt;
    child.stderr.on('data', (chunk) => (errors += chunk));
    child.stdout.on('data', (chunk) => {
      output += chunk;
      if (startedAt !== undefined || !output.includes('started\n')) return;
      startedAt = performance.now();
      if (killAfterMs !== undefined) setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const last = output.trimEnd().split('\n').at(-1);
      resolve({
        code,
        signal,
        errors,
        tookMs: performance.now() - (startedAt ?? performance.now()),
        result: code === 0 ? JSON.parse(last) : undefined,
      });
    });
  });
}

function filesOf(dir, prefix = '') {
  if (!existsSync(dir)) return {};
  const files = {};
  for (const name of readdirSync(dir).toSorted()) {
    const path = join(dir, name);
    if (statSync(path).isDirectory()) Object.assign(files, filesOf(path, `${prefix}${name}/`));
    else files[`${prefix}${name}`] = createHash('sha256').update(readFileSync(path)).digest('hex');
  }
  return files;
}

const linesOf = (file) => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []);

function check(condition, message) {
  if (!condition) throw new Error(message);
}

/** Whoever computes through the cache that the killed processes shared is held up by none of them, and gets the same. */
async function checkCache(cacheDir, where) {
  const left = Object.keys(filesOf(cacheDir ?? '')).filter((name) => name.endsWith('.lock'));
  if (left.length === 0) return;
  const job = {
    action: 'run',
    sessionId: 'after',
    dataDir: join(root, 'after'),
    cacheDir,
    logFile: join(root, 'after.log'),
    options: { maxWorkers: 4 },
  };
  const after = await launch(job);
  check(
    after.result?.text === reference.result.text,
    `${where}: a later run through the same cache: ${after.errors} ${JSON.stringify(after.result)}`,
  );
  await rm(join(root, 'after'), { recursive: true, force: true });
  count('(a killed process left its lock in the cache: a later run was not held up)');
}

const root = await mkdtemp(join(tmpdir(), 'orc-kill-'));
const histogram = new Map();
const progress = Array.from({ length: 10 }, () => 0);
const count = (what) => histogram.set(what, (histogram.get(what) ?? 0) + 1);
let sessions = 0;
let killed = 0;
let steered = 0;
let failure;
let reference;
try {
  const optionsOf = () =>
    pick([{ maxWorkers: 4 }, { maxWorkers: 8 }, { maxWorkers: 2 }, { maxWorkers: 1 }, { optimized: false }]);
  reference = await launch({
    action: 'run',
    sessionId: 'reference',
    dataDir: join(root, 'reference'),
    logFile: join(root, 'reference.log'),
    options: { maxWorkers: 4 },
  });
  check(
    reference.result?.status === 'succeeded',
    `the uninterrupted run failed: ${reference.errors} ${JSON.stringify(reference.result)}`,
  );
  const expected = JSON.stringify(filesOf(join(root, 'reference', 'sessions', 'reference', 'artifacts')));
  const total = new Set(linesOf(join(root, 'reference.log'))).size;
  const usualMs = reference.tookMs;

  while (killed < kills) {
    sessions += 1;
    const sessionId = `s${sessions}`;
    const dataDir = join(root, `data-${sessions}`);
    const cacheDir = random() < 0.7 ? join(root, `cache-${sessions}`) : undefined;
    const logFile = join(root, `${sessionId}.log`);
    const dir = join(dataDir, 'sessions', sessionId);
    const store = createOrchestrator({ dataDir, hostname: hostname() }).sessions;
    let recorded = new Map();
    let logged = 0;
    for (let round = 0; ; round += 1) {
      const action = existsSync(dir) ? 'resume' : 'run';
      const kill = killed < kills && round < 4;
      // Two in ten are steered: between an artifact and its record, between a record and the cache.
      const steer = kill && (killed % 10 === 3 || killed % 10 === 7);
      const killAt = steer
        ? killed % 10 === 3
          ? { event: 'artifact-write', count: 1 + Math.floor(random() * 16) }
          : { event: 'checkpoint', count: 1 + Math.floor(random() * 30) }
        : undefined;
      const after = kill && !steer ? random() * usualMs * 1.1 : undefined;
      const ended = await launch(
        { action, sessionId, dataDir, cacheDir, logFile, options: optionsOf(), killAt },
        after,
      );
      const where = `session ${sessionId}, round ${round}, ${action}`;

      // What the journal held before must not have been executed again.
      const executed = linesOf(logFile).slice(logged);
      logged += executed.length;
      for (const task of executed)
        check(!recorded.has(task), `${where}: ${task} was recorded as done, and executed again`);
      check(
        executed.length === new Set(executed).size,
        `${where}: a task was executed twice in one process: ${executed.join(' ')}`,
      );

      if (ended.code === 0) {
        check(ended.result.status === 'succeeded', `${where}: ${JSON.stringify(ended.result.error)}`);
        check(ended.result.text === reference.result.text, `${where}: another text than the uninterrupted run`);
        check(
          JSON.stringify(ended.result.artifacts) === JSON.stringify(reference.result.artifacts),
          `${where}: another list of artifacts`,
        );
        check(
          JSON.stringify(filesOf(join(dir, 'artifacts'))) === expected,
          `${where}: other artifacts than the uninterrupted run`,
        );
        const left = readdirSync(dir).toSorted().join(' ');
        check(
          /^artifacts journal\.ndjson outputs plan\.json report\.json$/.test(left),
          `${where}: the folder holds ${left}`,
        );
        check((await store.latest())?.status === 'succeeded', `${where}: the session is not shown as succeeded`);
        await checkCache(cacheDir, where);
        if (killAt !== undefined) count(`steered, but it had ended before: ${killAt.event}`);
        break;
      }

      check(ended.signal === 'SIGKILL', `${where}: ended with code ${ended.code}: ${ended.errors}`);
      killed += 1;
      if (steer) steered += 1;
      if (!existsSync(dir)) {
        count('before the session was there');
        continue;
      }
      const { records, summary } = await store.read(sessionId);
      check(
        ['interrupted', 'succeeded'].includes(summary.status),
        `${where}: a killed session is shown as ${summary.status}`,
      );
      for (const task of recorded.keys()) check(records.has(task), `${where}: the record of ${task} is gone`);
      recorded = records;
      const share = Math.min(
        9,
        Math.floor((10 * [...records.values()].filter(({ status }) => status === 'fulfilled').length) / (total + 1)),
      );
      progress[share] += 1;
      const named = new Set([...records.values()].flatMap(({ artifacts = [] }) => artifacts.map(({ path }) => path)));
      const orphans = Object.keys(filesOf(join(dir, 'artifacts'))).filter((path) => !named.has(path));
      if (killAt?.event === 'artifact-write') {
        check(orphans.length > 0, `${where}: steered between artifact and journal, but every artifact is recorded`);
        count('steered: between artifact and journal');
      } else if (killAt?.event === 'checkpoint') count('steered: between journal and cache');
      else if (summary.status === 'succeeded') count('random: after the end was recorded');
      else count(orphans.length > 0 ? 'random: with an artifact whose record is not written' : 'random');
      // Sometimes the cache is gone too: the folder alone is enough.
      if (cacheDir !== undefined && random() < 0.3) rmSync(cacheDir, { recursive: true, force: true });
    }
    await rm(dataDir, { recursive: true, force: true });
    if (cacheDir !== undefined) await rm(cacheDir, { recursive: true, force: true });
  }
  check(steered * 10 >= killed, `only ${steered} of ${killed} kills were steered`);
} catch (error) {
  failure = error;
}

const say = (line) => process.stdout.write(`${line}\n`);
say(`${killed} kills with SIGKILL over ${sessions} sessions, ${steered} of them steered`);
for (const [what, times] of [...histogram].toSorted(([a], [b]) => (a < b ? -1 : 1)))
  say(`  ${String(times).padStart(4)}  ${what}`);
say('tasks recorded when the kill came:');
for (const [tenth, times] of progress.entries())
  say(`  ${String(tenth * 10).padStart(3)}–${String((tenth + 1) * 10).padStart(3)} %  ${'#'.repeat(times)} ${times}`);
if (failure === undefined) {
  say(
    'every session ended with the artifacts of the uninterrupted run; nothing recorded was executed again; nothing was left locked',
  );
  await rm(root, { recursive: true, force: true });
} else {
  process.stderr.write(`FAILED: ${failure.stack}\nkept: ${root}\n`);
  process.exitCode = 1;
}
