import { chmod, chown, cp, mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../../test-support/temporary-folder.ts';
import { createOrchestrator, definePhase, definePipeline, foreignUses } from '../../src/index.ts';
import type { ForeignUse, ModelClient, Orchestrator } from '../../src/index.ts';
import { parsePipeline } from '../../src/pipelines/index.ts';
import { echoModel } from '../kill/pipeline.mjs';
import { codeOf, planParts, record, testStore } from './support.ts';

const ask = definePhase({ id: 'ask', kind: 'llm', uses: { request: ['text'] }, prompt: ({ request }) => request.text });
const pipeline = definePipeline({
  id: 'p',
  version: '1',
  description: 'asks a model',
  phases: [ask],
  result: { phase: ask, text: String },
});
const input = '/srv/somebody/secrets';
const model = (): ModelClient => echoModel(0);

function orchestratorOf(dataDir: string): Orchestrator {
  return createOrchestrator({ dataDir, model: model(), cache: false });
}

/** A session `one` that was made in a folder, copied to another. */
async function carry(from: string, to: string): Promise<void> {
  await using orchestrator = orchestratorOf(from);
  await orchestrator.run(pipeline, { text: 'x', seed: 1, input }, { sessionId: 'one' }).result;
  await mkdir(join(to, 'sessions'), { recursive: true });
  await cp(join(from, 'sessions', 'one'), join(to, 'sessions', 'one'), { recursive: true });
}

const used: readonly ForeignUse[] = [
  { what: 'input', value: input },
  { what: 'model', value: 'test/echo' },
];

test('a session from elsewhere is refused with what it would use, and is left as it was', async () => {
  using theirs = temporaryFolder();
  using ours = temporaryFolder();
  await carry(theirs.dir, ours.dir);
  const plan = join(ours.dir, 'sessions', 'one', 'plan.json');
  const before = await readFile(plan, 'utf8');
  await using orchestrator = orchestratorOf(ours.dir);
  expect((await orchestrator.sessions.read('one')).foreign).toBe(true);
  for (const trustForeign of [undefined, false, () => false, () => Promise.resolve(false)]) {
    const resuming = orchestrator.resume('one', { pipelines: () => pipeline, trustForeign });
    await expect(resuming).rejects.toThrow(`would use the folder \`${input}\`, the model \`test/echo\``);
    expect(await codeOf(resuming)).toBe('ERR_ORC_SESSION_FOREIGN');
  }
  expect(await readFile(plan, 'utf8')).toBe(before);
  expect(await codeOf(orchestrator.resume('one', { pipelines: () => pipeline, trustForeign: 'yes' as never }))).toBe(
    'ERR_ORC_OPTION',
  );
});

test('whoever agrees is told what it would use, and is asked once', async () => {
  using theirs = temporaryFolder();
  using ours = temporaryFolder();
  await carry(theirs.dir, ours.dir);
  await using orchestrator = orchestratorOf(ours.dir);
  const told: (readonly ForeignUse[])[] = [];
  const agreed = await orchestrator.resume('one', {
    pipelines: () => pipeline,
    trustForeign: (uses) => {
      told.push(uses);
      return true;
    },
  });
  expect((await agreed.result).status).toBe('succeeded');
  expect(told).toEqual([used]);
  expect((await orchestrator.sessions.read('one')).foreign).toBe(false);
  expect((await (await orchestrator.resume('one', { pipelines: () => pipeline })).result).status).toBe('succeeded');
});

test('a session that was made here is not asked about, and neither is a copy of it or a whole data folder that was moved', async () => {
  using here = temporaryFolder();
  using there = temporaryFolder();
  await carry(here.dir, there.dir);
  await cp(join(here.dir, 'sessions', 'one'), join(here.dir, 'sessions', 'two'), { recursive: true });
  await rm(there.dir, { recursive: true });
  await cp(here.dir, there.dir, { recursive: true });
  for (const [dir, id] of [
    [here.dir, 'one'],
    [here.dir, 'two'],
    [there.dir, 'one'],
  ] as const) {
    await using orchestrator = orchestratorOf(dir);
    expect((await (await orchestrator.resume(id, { pipelines: () => pipeline })).result).status).toBe('succeeded');
  }
});

test('nothing that a folder says makes it one that was made here', async () => {
  using theirs = temporaryFolder();
  using ours = temporaryFolder();
  await carry(theirs.dir, ours.dir);
  await using orchestrator = orchestratorOf(ours.dir);
  // A session of our own, whose plan is exchanged for another that carries the same code.
  await orchestrator.run(pipeline, { text: 'ours', seed: 1 }, { sessionId: 'own' }).result;
  const own = join(ours.dir, 'sessions', 'own', 'plan.json');
  const plan = JSON.parse(await readFile(own, 'utf8')) as { mac: string; request: object };
  expect(plan.mac).toMatch(/^[0-9a-f]{64}$/);
  const forged = join(ours.dir, 'sessions', 'one', 'plan.json');
  const foreign = JSON.parse(await readFile(forged, 'utf8')) as { mac?: string; request: object };
  for (const odd of [
    { ...foreign, mac: plan.mac },
    { ...plan, request: { ...plan.request, input } },
    { ...foreign, mac: '' },
    { ...foreign, mac: '0'.repeat(64) },
    { ...foreign, mac: 'é'.repeat(64) },
    { ...foreign, mac: undefined },
  ]) {
    await writeFile(forged, JSON.stringify(odd));
    expect((await orchestrator.sessions.read('one')).foreign).toBe(true);
    expect(await codeOf(orchestrator.resume('one', { pipelines: () => pipeline }))).toBe('ERR_ORC_SESSION_FOREIGN');
  }
});

test.skipIf(process.platform === 'win32')(
  'a key that others can read, or that is none, makes no session one of ours',
  async () => {
    using folder = temporaryFolder();
    const key = join(folder.dir, 'session.key');
    await (await testStore(folder.dir).create(planParts, { id: 'one' })).close();
    expect((await stat(key)).mode & 0o777).toBe(0o600);
    expect((await testStore(folder.dir).read('one')).foreign).toBe(false);
    const text = await readFile(key, 'utf8');
    await chmod(key, 0o644);
    expect((await testStore(folder.dir).read('one')).foreign).toBe(true);
    await rm(key);
    await symlink('/dev/zero', key);
    expect((await testStore(folder.dir).read('one')).foreign).toBe(true);
    // A session is made all the same.
    await (await testStore(folder.dir).create(planParts, { id: 'two' })).close();
    await rm(key);
    await writeFile(key, 'no key', { mode: 0o600 });
    expect((await testStore(folder.dir).read('one')).foreign).toBe(true);
    await writeFile(key, text);
    expect((await testStore(folder.dir).read('one')).foreign).toBe(false);
  },
);

test('stores that make the key at the same time have one', async () => {
  using folder = temporaryFolder();
  const stores = Array.from({ length: 8 }, () => testStore(folder.dir));
  await Promise.all(stores.map(async (store, index) => (await store.create(planParts, { id: `s${index}` })).close()));
  const fresh = testStore(folder.dir);
  for (const index of stores.keys()) expect((await fresh.read(`s${index}`)).foreign).toBe(false);
});

test('what a pipeline of the session reads is named, what the caller brought is not', async () => {
  const source = `id: notes
version: "1"
description: reads
phases:
  - { id: a, kind: read, files: [secret.txt, b.txt] }
  - { id: b, needs: [a], model: openai/dear, prompt: "say {{#a}}{{text}}{{/a}}" }
  - { id: c, needs: [b], prompt: "again {{b}}" }
result: { phase: c }
`;
  const yaml = await parsePipeline(source, 'notes.yaml');
  const plan = { ...planParts, schema: 'orc.plan/1', sessionId: 's', createdAt: 1 } as const;
  const ofSession = { ...plan, pipeline: { ...plan.pipeline, source }, request: { text: 'x', seed: 1, input } };
  expect(foreignUses(ofSession, yaml)).toEqual([
    { what: 'input', value: input },
    { what: 'files', value: 'b.txt, secret.txt' },
    { what: 'model', value: 'openai/dear' },
  ]);
  expect(foreignUses(plan, yaml, 'exec/agent')).toEqual([
    { what: 'model', value: 'openai/dear' },
    { what: 'model', value: 'exec/agent' },
  ]);
  expect(foreignUses(plan, pipeline)).toEqual([]);
});

test.skipIf(process.getuid?.() !== 0)("another user's session is read, but not gone on with", async () => {
  using folder = temporaryFolder();
  const store = testStore(folder.dir);
  const session = await store.create(planParts, { id: 'one' });
  await session.append(record('a'));
  await session.close();
  await chown(session.dir, 4242, 4242);
  expect((await store.read('one')).records.size).toBe(1);
  expect(await codeOf(store.open('one'))).toBe('ERR_ORC_SESSION_FOREIGN');
  await expect(store.open('one')).rejects.toThrow('to be a folder of this user (0), but it is one of user 4242');
  // Where the whole data folder is that user's, as in a container or on a network disk, it is the one that was chosen.
  await chown(folder.dir, 4242, 4242);
  await (await store.open('one')).close();
});
