import { spawnSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

import { freePort, type RedisServer, startRedis } from './redis-server.ts';

/** A Redis Cluster of a test's own: three masters, no replicas. */
export interface RedisCluster extends AsyncDisposable {
  readonly nodes: readonly RedisServer[];
  /** Where its nodes are, as clients ask for it. */
  readonly addresses: readonly { readonly host: string; readonly port: number }[];
  /** Ends it and removes its folders. */
  stop(): Promise<void>;
}

const SLOTS = 16_384;
const NODES = 3;

/** Starts three servers and gives each a third of the slots; resolves when they agree about it. */
export async function startRedisCluster(): Promise<RedisCluster> {
  const nodes: RedisServer[] = [];
  const buses: number[] = [];
  for (let index = 0; index < NODES; index++) {
    const bus = await freePort();
    buses.push(bus);
    nodes.push(
      await startRedis(['--cluster-enabled', 'yes', '--cluster-port', String(bus), '--cluster-node-timeout', '2000']),
    );
  }
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.stop()));
  };
  try {
    for (const [index, { port }] of nodes.entries()) {
      const from = Math.floor((SLOTS * index) / NODES);
      const to = Math.floor((SLOTS * (index + 1)) / NODES) - 1;
      command(port, 'CLUSTER', 'ADDSLOTSRANGE', String(from), String(to));
      command(port, 'CLUSTER', 'MEET', '127.0.0.1', String(nodes[0]?.port), String(buses[0]));
    }
    const agreed = (): boolean =>
      nodes.every(({ port }) => {
        const info = command(port, 'CLUSTER', 'INFO');
        return info.includes('cluster_state:ok') && info.includes(`cluster_size:${String(NODES)}`);
      });
    for (let attempt = 0; !agreed(); attempt++) {
      if (attempt > 300) throw new Error('The Redis Cluster did not come up');
      await delay(50);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    nodes,
    addresses: nodes.map(({ port }) => ({ host: '127.0.0.1', port })),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** The answer of a server to a command. */
function command(port: number, ...words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('redis-cli', ['-p', String(port), ...words], { encoding: 'utf8' });
  if (status !== 0 || stdout.startsWith('ERR')) throw new Error(`redis-cli ${words.join(' ')}: ${stdout}${stderr}`);
  return stdout;
}
