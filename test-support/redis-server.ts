import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Whether the tests must do without Redis. In CI they may not, save where `ORC_TEST_ALLOW_SKIPS=1` says that there is none. */
export const withoutRedis = spawnSync('redis-server', ['--version']).status !== 0;
if (withoutRedis) {
  const { CI: ci = '', ORC_TEST_ALLOW_SKIPS: allowed } = process.env;
  if (ci !== '' && allowed !== '1')
    throw new Error(
      'redis-server is not installed, and CI must test with it: install it, or set ORC_TEST_ALLOW_SKIPS=1',
    );
  process.stderr.write('SKIPPED: redis-server is not installed, so nothing that needs it is tested\n');
}

/** A redis-server of a test's own. */
export interface RedisServer extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  /** Starts it again on the same port, empty. */
  restart(): Promise<void>;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
}

/** A port of the loopback interface on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts a server that keeps nothing on disk; `settings` are further arguments of `redis-server`. */
export async function startRedis(settings: readonly string[] = []): Promise<RedisServer> {
  const directory = mkdtempSync(join(tmpdir(), 'orc-redis-'));
  const port = await freePort();
  let child = await launch(port, directory, settings);
  const kill = (): Promise<void> => end(child);
  const stop = async (): Promise<void> => {
    await kill();
    rmSync(directory, { recursive: true, force: true });
  };
  return {
    port,
    url: `redis://127.0.0.1:${String(port)}`,
    kill,
    async restart() {
      child = await launch(port, directory, settings);
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Starts a Redis Sentinel, which watches a server that is not there. */
export async function startSentinel(): Promise<RedisServer> {
  const directory = mkdtempSync(join(tmpdir(), 'orc-sentinel-'));
  const port = await freePort();
  const config = join(directory, 'sentinel.conf');
  writeFileSync(config, `port ${String(port)}\nbind 127.0.0.1\nsentinel monitor main 127.0.0.1 1 1\n`);
  const child = await ready(['redis-server', config, '--sentinel'], /Sentinel ID is|\+monitor/);
  const kill = (): Promise<void> => end(child);
  const stop = async (): Promise<void> => {
    await kill();
    rmSync(directory, { recursive: true, force: true });
  };
  const restart = (): Promise<void> => Promise.reject(new Error('a sentinel is not started again'));
  const url = `redis://127.0.0.1:${String(port)}`;
  return { port, url, kill, restart, stop, [Symbol.asyncDispose]: stop };
}

function launch(port: number, directory: string, settings: readonly string[]): Promise<ChildProcess> {
  const fixed = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', directory];
  return ready(['redis-server', ...fixed, ...settings], /Ready to accept connections/);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

async function ready([command = '', ...parameters]: readonly string[], sign: RegExp): Promise<ChildProcess> {
  const child = spawn(command, parameters, { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout })) {
    if (sign.test(line)) {
      child.stdout.resume();
      return child;
    }
  }
  throw new Error('redis-server did not start');
}
