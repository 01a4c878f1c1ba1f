/** Where the harness kills at random moments, this one kills between two calls that change the disk, of which it knows the number. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../../test-support/temporary-folder.ts';
import { decodeRecord } from '../../src/session/journal-record.ts';

const fixture = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** The points, spread over the whole run; `ORC_TEST_EVERY_WRITE=1`: all of them, which takes a while. */
const points = process.env['ORC_TEST_EVERY_WRITE'] === '1' ? Infinity : 8;

async function start(action: string, root: string, env: Record<string, string>): Promise<string | number | null> {
  const job = {
    action,
    sessionId: 's',
    dataDir: join(root, 'data'),
    cacheDir: join(root, 'cache'),
    logFile: join(root, 'log'),
    pace: 0,
    options: { maxWorkers: 4 },
  };
  const child = spawn(
    process.execPath,
    ['--import', fixture('kill-at-write.mjs'), fixture('runner.mjs'), JSON.stringify(job)],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, ...env },
    },
  );
  await once(child, 'close');
  return child.signalCode ?? child.exitCode;
}

const linesOf = (path: string): readonly string[] =>
  existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];

/** Paths and digests of the artifacts. */
function artifactsOf(session: string): readonly string[] {
  const dir = join(session, 'artifacts');
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .map((path) => `${path.slice(dir.length)} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`)
    .toSorted();
}

function recordedIn(session: string): ReadonlySet<string> {
  const records = linesOf(join(session, 'journal.ndjson')).map((line) => decodeRecord(line));
  return new Set(records.flatMap((record) => (record?.type === 'task' ? [record.task] : [])));
}

test('a run that is killed between two writes ends as if nothing had happened', { timeout: 3_600_000 }, async () => {
  using reference = temporaryFolder();
  const counted = join(reference.dir, 'count');
  expect(await start('run', reference.dir, { KILL_COUNT: counted })).toBe(0);
  const writes = Number(readFileSync(counted, 'utf8'));
  expect(writes).toBeGreaterThan(100);
  const expected = artifactsOf(join(reference.dir, 'data/sessions/s'));
  for (let point = 1; point <= Math.min(points, writes); point += 1) {
    const at = points === Infinity ? point : Math.ceil((writes * (point - 0.5)) / points);
    using one = temporaryFolder();
    const session = join(one.dir, 'data/sessions/s');
    await start('run', one.dir, { KILL_AT: String(at) });
    const recorded = recordedIn(session);
    const executed = linesOf(join(one.dir, 'log')).length;
    const where = `killed before write ${at} of ${writes}`;
    expect(await start(existsSync(session) ? 'resume' : 'run', one.dir, {}), where).toBe(0);
    expect(artifactsOf(session), where).toEqual(expected);
    expect(readdirSync(session).toSorted(), where).toEqual([
      'artifacts',
      'journal.ndjson',
      'outputs',
      'plan.json',
      'report.json',
    ]);
    const again = linesOf(join(one.dir, 'log')).slice(executed);
    expect(
      again.filter((task) => recorded.has(task)),
      where,
    ).toEqual([]);
  }
});
