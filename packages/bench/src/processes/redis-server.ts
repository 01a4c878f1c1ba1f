import { spawnSync } from 'node:child_process';
import { createServer } from 'node:net';

import { BenchError } from '../errors.ts';
import { spawnTracked } from './tracked.ts';

/** A Redis server of our own on a free loopback port. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
}

/** Whether there is a redis-server to start. */
export function hasRedis(): boolean {
  return spawnSync('redis-server', ['--version'], { stdio: 'ignore' }).status === 0;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

/** Starts a server that keeps nothing on disk, and waits until it takes connections. */
export async function startRedis(): Promise<RedisServer> {
  const port = await freePort();
  const network = ['--port', String(port), '--bind', '127.0.0.1'];
  const nothingKept = ['--save', '', '--appendonly', 'no', '--maxmemory-policy', 'noeviction'];
  const child = spawnTracked('redis-server', [...network, ...nothingKept]);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new BenchError(`redis-server ended with ${code}`)));
    child.stderr.resume();
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      if (chunk.includes('Ready to accept connections')) resolve();
    });
  });
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
