import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { folderOfFile } from '../../../test-support/temporary-folder.ts';
import { main } from '../src/main.ts';
import { fakeHost } from './support/fake-host.ts';

const home = folderOfFile();
const root = join(home, '.local', 'share', 'orchestrator', 'sessions');

async function orc(...argv: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const host = fakeHost({ argv, env: { HOME: home, PATH: process.env['PATH'] }, cwd: home });
  const code = await main(host);
  return { code, out: host.out(), err: host.err() };
}

it('a session that cannot be read is listed with the reason, refused with it, and can be removed', async () => {
  for (const [id, plan] of [
    ['20261101-101010-aaaa', 'garbage'],
    ['20261101-101010-bbbb', '{"schema":"orc.plan/9"}'],
  ] as const) {
    mkdirSync(join(root, id), { recursive: true });
    writeFileSync(join(root, id, 'plan.json'), plan);
  }
  const { code, out, err } = await orc('sessions');
  expect({ code, out }).toEqual({ code: 0, out: '' });
  expect(err).toMatch(/aaaa can't be read: .*`plan\.json`.* — orc sessions rm 20261101-101010-aaaa removes it\n/);
  expect(err).toMatch(/bbbb can't be read: .*`orc\.plan\/9` — A later version wrote this session/);
  expect(JSON.parse((await orc('sessions', '--json')).out)).toEqual([]);
  for (const argv of [
    ['resume', 'aaaa'],
    ['show', 'aaaa'],
    ['report', 'aaaa'],
  ])
    expect(await orc(...argv)).toMatchObject({ code: 7, err: expect.stringContaining('`plan.json`') as string });
  // Two that could be meant are none.
  expect(await orc('sessions', 'rm', '2026')).toMatchObject({ code: 7 });
  expect(await orc('sessions', 'rm', 'aaaa')).toMatchObject({ code: 0 });
  expect(readdirSync(root)).toEqual(['20261101-101010-bbbb']);
});
