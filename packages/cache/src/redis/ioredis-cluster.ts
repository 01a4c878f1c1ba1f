import type { IoRedisClient, IoRedisCluster } from './client.ts';
import { letGo } from '../clock.ts';
import { type Connection, hearing, unavailable } from './connection.ts';
import { hearMessages, type IoSubscriber, patientSend, refuseKeyPrefix } from './ioredis.ts';

/** How long to wait before another node is listened to, in ms: at first, and at most. */
const FIRST_WAIT = 50;
const LAST_WAIT = 2000;

/** Puts the tier's face on a `Cluster` of ioredis, which sends a command with a key to the node that keeps it. */
export function clusterConnection(cluster: IoRedisCluster): Connection {
  const { options } = cluster as { options?: { keyPrefix?: unknown; redisOptions?: { keyPrefix?: unknown } } };
  refuseKeyPrefix(options?.keyPrefix);
  refuseKeyPrefix(options?.redisOptions?.keyPrefix);
  const { send, connected } = patientSend(cluster);
  return {
    send,
    inOrder: false,
    nodes: () => {
      const masters = cluster.nodes('master');
      if (cluster.status !== 'ready' || masters.length === 0) throw unavailable(cluster.status);
      return masters.map(
        (node) =>
          (command, ...args) =>
            node.call(command, ...args),
      );
    },
    subscribe: (channel, message, lost) => {
      const subscription = new NodeSubscription(cluster, channel, message, lost);
      void Promise.resolve(connected()).then(() => subscription.begin());
      return async () => subscription.end();
    },
  };
}

/**
 * Listens through a single node, which hears what is published on any of them. The subscriber that a cluster has by itself moves from node to
 * node without a word, and what is published meanwhile is missed.
 */
class NodeSubscription {
  readonly #cluster: IoRedisCluster;
  readonly #channel: string;
  readonly #message: (text: string) => void;
  readonly #hears: (now: boolean) => void;
  #subscriber: IoSubscriber | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #attempts = 0;
  #wait = FIRST_WAIT;
  #ended = false;

  constructor(cluster: IoRedisCluster, channel: string, message: (text: string) => void, lost: () => void) {
    this.#cluster = cluster;
    this.#channel = channel;
    this.#message = message;
    this.#hears = hearing(lost);
  }

  begin(): void {
    if (this.#ended) return;
    const nodes = this.#cluster.nodes('all');
    const node = nodes[this.#attempts++ % nodes.length];
    if (node === undefined) this.#later();
    else this.#listen(node);
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#subscriber?.disconnect();
  }

  #listen(node: IoRedisClient): void {
    const subscriber = node.duplicate({
      lazyConnect: false,
      autoResubscribe: false,
      // The node may be gone for good: the next one is tried instead.
      retryStrategy: () => null,
    }) as IoSubscriber;
    this.#subscriber = subscriber;
    hearMessages(subscriber, this.#channel, this.#message);
    subscriber.on('end', () => this.#later());
    const confirmed = (): void => {
      this.#wait = FIRST_WAIT;
      this.#hears(true);
    };
    subscriber.on('ready', () => {
      subscriber.subscribe(this.#channel).then(confirmed, () => subscriber.disconnect());
    });
  }

  #later(): void {
    this.#hears(false);
    if (this.#ended) return;
    this.#timer = letGo(setTimeout(() => this.begin(), this.#wait));
    this.#wait = Math.min(this.#wait * 2, LAST_WAIT);
  }
}
