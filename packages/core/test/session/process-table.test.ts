import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../../test-support/temporary-folder.ts';
import { systemProcesses } from '../../src/session/process-table.ts';
import { createSessionStore } from '../../src/session/session-store.ts';
import { codeOf, planParts } from './support.ts';

test('a real process holds a session until it is killed', async () => {
  using folder = temporaryFolder();
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  await using session = await createSessionStore({ dataDir: folder.dir, pid }).create(planParts);
  const store = createSessionStore({ dataDir: folder.dir });
  expect(await codeOf(store.open(session.id))).toBe('ERR_ORC_SESSION_LOCKED');
  expect((await store.latest())?.status).toBe('running');
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect((await store.latest())?.status).toBe('interrupted');
  await using again = await store.open(session.id);
  expect(again.id).toBe(session.id);
});

test('a process is told from another that got its pid, where the system tells when it was started', async () => {
  const processes = systemProcesses();
  expect(processes.alive(process.pid)).toBe(true);
  expect(processes.startOf(process.pid)).toBe(systemProcesses().startOf(process.pid));
  if (process.platform === 'linux') {
    expect(processes.startOf(process.pid)).toMatch(/^\d+$/);
    expect(processes.startOf(process.ppid)).not.toBe(processes.startOf(process.pid));
    expect(processes.boot).toMatch(/^[0-9a-f-]{36}/);
  }
});
