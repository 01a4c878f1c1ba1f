import { lstat, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../../test-support/temporary-folder.ts';
import { createOrchestrator, definePhase, definePipeline, isOrcError } from '../../src/index.ts';
import { hostileActs } from '../support/hostile-session.ts';
import { snapshot } from '../support/session-snapshot.ts';

const b = definePhase({
  id: 'b',
  kind: 'compute',
  run: () => 'x'.repeat(70_000),
  artifacts: (text) => [
    { path: '.bashrc', content: text },
    { path: 'sub/.bashrc', content: text },
  ],
});
const a = definePhase({
  id: 'a',
  kind: 'compute',
  needs: { b },
  retry: { attempts: 1 },
  run: () => {
    throw new Error('always');
  },
});
const pipeline = definePipeline({
  id: 'p',
  version: '1',
  description: 'writes an artifact',
  phases: [b, a],
  result: { phase: a, text: String },
});

/** A data folder with one session that failed, and a home folder that nothing may change. */
async function prepare(data: string): Promise<{ readonly home: string; readonly dir: string; readonly id: string }> {
  const home = join(data, 'home');
  await mkdir(join(home, 'docs'), { recursive: true });
  await writeFile(join(home, '.bashrc'), 'mine\n');
  await writeFile(join(home, 'docs', '.bashrc'), 'mine too\n');
  await using orchestrator = createOrchestrator({ dataDir: data, cache: false });
  const id = '20261101-101010-aaaa';
  await orchestrator.run(pipeline, { text: 'x', seed: 1 }, { sessionId: id }).result;
  return { home, id, dir: join(data, 'sessions', id) };
}

test.each(hostileActs)('nothing outside of a session is touched, and it hides no other: $name', async ({ act }) => {
  using folder = temporaryFolder();
  const { home, dir, id } = await prepare(folder.dir);
  await using orchestrator = createOrchestrator({ dataDir: folder.dir, cache: false });
  const { sessions } = orchestrator;
  const good = await orchestrator.run(pipeline, { text: 'y', seed: 1 }).result;
  await act(dir, home);
  const before = await snapshot(home);
  const told: unknown[] = [];
  const attempt = async (work: () => Promise<unknown>): Promise<void> => {
    await work().catch((error: unknown) => told.push(error));
  };
  await attempt(async () => (await sessions.open(id)).close());
  await attempt(async () => (await orchestrator.resume(id, { pipelines: () => pipeline, trustForeign: true })).result);
  for (const work of [() => sessions.read(id), () => sessions.summary(id), () => sessions.report(id)])
    await attempt(work);
  // What is wrong is said once, in words; there is always something wrong.
  expect(told.length).toBeGreaterThan(0);
  for (const error of told)
    expect(isOrcError(error) ? error.code : error).toMatch(/^ERR_ORC_SESSION_(CORRUPT|NOT_FOUND)$/);
  const { sessions: listed, unreadable } = await sessions.page();
  expect(listed.map((one) => one.id)).toContain(good.sessionId);
  expect(unreadable.every(({ error }) => isOrcError(error))).toBe(true);
  expect((await sessions.latest())?.id).toBe(good.sessionId);
  await orchestrator.plan(pipeline, { text: 'z', seed: 1 });
  await sessions.prune({ olderThanMs: 10 ** 12 });
  expect(await snapshot(home)).toEqual(before);
  // It can always be removed.
  await sessions.remove(id);
  expect(await readdir(join(folder.dir, 'sessions'))).toEqual([good.sessionId]);
  expect(await snapshot(home)).toEqual(before);
});

test('an artifact goes through no link, wherever in its path that stands', async () => {
  using folder = temporaryFolder();
  const { home, dir, id } = await prepare(folder.dir);
  await symlink(join(home, 'docs'), join(dir, 'artifacts', 'link'));
  await using session = await createOrchestrator({ dataDir: folder.dir }).sessions.open(id);
  const before = await snapshot(home);
  for (const path of ['link/x.md', 'link/deep/er/x.md', 'link/.bashrc'])
    await expect(session.writeArtifact(path, 'x')).rejects.toThrow('a link leads out of it');
  // A link in the place of the file itself is replaced.
  await symlink(join(home, '.bashrc'), join(dir, 'artifacts', 'report.md'));
  await session.writeArtifact('report.md', 'mine\n');
  expect((await lstat(join(dir, 'artifacts', 'report.md'))).isFile()).toBe(true);
  expect(await snapshot(home)).toEqual(before);
});
