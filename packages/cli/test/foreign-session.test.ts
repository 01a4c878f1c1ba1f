import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { folderOfTest } from '../../../test-support/temporary-folder.ts';
import { main } from '../src/main.ts';
import { fakeHost, type FakeHostOptions } from './support/fake-host.ts';

const yaml = `id: notes
version: "1"
description: reads a file
phases:
  - { id: a, kind: read, files: [secret.txt] }
  - { id: b, kind: template, needs: [a], template: "{{#a}}{{text}}{{/a}}" }
result: { phase: b }
`;

function sessionsOf(home: string): string {
  return join(home, '.local', 'share', 'orchestrator', 'sessions');
}

async function orc(home: string, argv: readonly string[], more: Partial<FakeHostOptions> = {}) {
  const host = fakeHost({ argv, env: { HOME: home, PATH: process.env['PATH'] }, cwd: home, ...more });
  const code = await main(host);
  return { code, out: host.out(), err: host.err() };
}

/** A session that reads a file of its owner's folder, copied to somebody else. */
async function carried(): Promise<{ readonly home: string; readonly id: string; readonly input: string }> {
  const theirs = folderOfTest();
  const home = folderOfTest();
  writeFileSync(join(theirs, 'p.yaml'), yaml);
  writeFileSync(join(theirs, 'secret.txt'), 'the secret');
  const made = await orc(theirs, ['--pipeline', 'p.yaml', 'read it', '--output-format', 'json']);
  expect(made).toMatchObject({ code: 0 });
  const { sessionId } = JSON.parse(made.out) as { sessionId: string };
  mkdirSync(sessionsOf(home), { recursive: true });
  cpSync(join(sessionsOf(theirs), sessionId), join(sessionsOf(home), sessionId), { recursive: true });
  return { home, id: sessionId, input: theirs };
}

it('a session from elsewhere says what it would use, and is resumed only when that is agreed to', async () => {
  const { home, id, input } = await carried();
  const refused = await orc(home, ['resume', id]);
  expect(refused.code).toBe(7);
  expect(refused.out).toBe('');
  expect(refused.err).toContain(`was not made here, and would use the folder ${input}, the files secret.txt`);
  expect(refused.err).toContain(`orc resume ${id} --trust-session`);
  const agreed = await orc(home, ['resume', id, '--trust-session']);
  expect(agreed).toMatchObject({ code: 0 });
  expect(agreed.out).toContain('the secret');
  // From now on it is one of this data folder.
  expect(await orc(home, ['resume', id])).toMatchObject({ code: 0 });
});

it('on a terminal it asks, and anything but a yes is a no', async () => {
  const { home, id } = await carried();
  const plan = readFileSync(join(sessionsOf(home), id, 'plan.json'), 'utf8');
  const no = await orc(home, ['resume', id, '--ui', 'none'], { tty: true, stdin: '\n' });
  expect(no).toMatchObject({ code: 7 });
  expect(no.err).toContain('Go on? [y/N]');
  expect(readFileSync(join(sessionsOf(home), id, 'plan.json'), 'utf8')).toBe(plan);
  expect(await orc(home, ['resume', id, '--ui', 'none'], { tty: true, stdin: 'y\n' })).toMatchObject({ code: 0 });
});

it('a session that was made here is not asked about', async () => {
  const home = folderOfTest();
  writeFileSync(join(home, 'p.yaml'), yaml);
  writeFileSync(join(home, 'secret.txt'), 'ours');
  expect(await orc(home, ['--pipeline', 'p.yaml', 'read it'])).toMatchObject({ code: 0 });
  expect(await orc(home, ['resume'])).toMatchObject({ code: 0, out: expect.stringContaining('ours') as string });
});
