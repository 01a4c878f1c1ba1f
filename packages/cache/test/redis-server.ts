import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether tests with a real Redis are left out: there is no `redis-server` here. Said aloud, and never in CI. */
export const withoutRedis: boolean = isMissing();

function isMissing(): boolean {
  if (spawnSync('redis-server', ['--version']).status === 0) return false;
  const { CI: ci = '', ORC_TEST_ALLOW_SKIPS: allowed } = process.env;
  if (ci !== '' && allowed !== '1') throw new Error('No redis-server in CI: install it, or set ORC_TEST_ALLOW_SKIPS=1');
  // oxlint-disable-next-line no-console -- a test that is left out is left out aloud
  console.warn('SKIPPED: the tests with a real Redis, because there is no `redis-server` on this machine');
  return true;
}

/** A Redis server of the test's own. */
export interface RedisServer {
  readonly port: number;
  /** Ends it; `start()` begins it again on the same port. */
  stop(): Promise<void>;
  start(): Promise<void>;
  dispose(): Promise<void>;
}

/** Starts a server on a free port of the loopback interface. */
export async function startRedis(): Promise<RedisServer> {
  const dir = mkdtempSync(join(tmpdir(), 'orc-redis-'));
  const port = await freePort();
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', dir];
    child = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    for await (const chunk of child.stdout ?? []) {
      text += String(chunk);
      if (text.includes('Ready to accept connections')) break;
    }
  };
  const stop = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  await start();
  return {
    port,
    start,
    stop,
    dispose: async () => {
      await stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** A port that nobody listens on just now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No port');
  return address.port;
}
