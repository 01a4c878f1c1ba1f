/** The one command of a Redis client that a {@link HostileClient} needs. */
export interface RawConnection {
  call(command: string, ...parameters: string[]): Promise<unknown>;
}

/** Somebody who can write to Redis, knows how the queue is laid out, and means harm. */
export class HostileClient {
  readonly #redis: RawConnection;
  readonly #prefix: string;
  readonly #queue: string;

  /** Attacks the queue of this name, as it is called in Redis. */
  constructor(redis: RawConnection, prefix: string, queue: string) {
    this.#redis = redis;
    this.#prefix = prefix;
    this.#queue = queue;
  }

  /** Puts a job into the queue; `data` is the text of its record, whatever that is. */
  async putJob(jobId: string, task: string, data: string): Promise<void> {
    await this.#redis.call(
      'HSET',
      this.key(jobId),
      ...pairs({ name: task, data, opts: '{}', timestamp: '1', delay: '0' }),
    );
    await this.#redis.call('LPUSH', this.key('wait'), jobId);
    await this.#redis.call('ZADD', this.key('marker'), '0', '0');
  }

  /** The record of a job that somebody has put into the queue. */
  async record(jobId: string): Promise<string> {
    return String(await this.#redis.call('HGET', this.key(jobId), 'data'));
  }

  /** The jobs that are there. */
  async jobs(): Promise<string[]> {
    const keys = (await this.#redis.call('KEYS', `${this.#prefix}:${this.#queue}:*`)) as string[];
    const names = keys.map((key) => key.slice(this.key('').length));
    return names.filter((name) => /-[0-9a-f]{32}$/.test(name));
  }

  /** Says that a job has ended well, with any text as its result. */
  async complete(jobId: string, returned: string): Promise<void> {
    await this.#take(jobId);
    await this.#redis.call('HSET', this.key(jobId), ...pairs({ returnvalue: returned, finishedOn: '1' }));
    await this.#redis.call('ZADD', this.key('completed'), '1', jobId);
    await this.tell({ event: 'completed', jobId, returnvalue: returned, prev: 'active' });
  }

  /** Says that a job has failed, with any text as the reason. */
  async fail(jobId: string, reason: string): Promise<void> {
    await this.#take(jobId);
    await this.#redis.call('HSET', this.key(jobId), ...pairs({ failedReason: reason, finishedOn: '1' }));
    await this.#redis.call('ZADD', this.key('failed'), '1', jobId);
    await this.tell({ event: 'failed', jobId, failedReason: reason, prev: 'active' });
  }

  /** Tells the coordinators something through the queue's events. */
  async tell(event: Readonly<Record<string, string>>): Promise<void> {
    await this.#redis.call('XADD', this.key('events'), '*', ...pairs(event));
  }

  /** Claims that a worker is alive; `text` is what it says of itself. */
  async pretend(name: string, text: string): Promise<void> {
    await this.#redis.call('SADD', this.key('orc:workers'), name);
    await this.#redis.call('SET', this.key(`orc:worker:${name}`), text);
  }

  /** Publishes a text on a channel of the queue. */
  async publish(channel: 'cancel' | 'notices', text: string): Promise<void> {
    await this.#redis.call('PUBLISH', this.key(`orc:${channel}`), text);
  }

  /** A key of the queue. */
  key(name: string): string {
    return `${this.#prefix}:${this.#queue}:${name}`;
  }

  async #take(jobId: string): Promise<void> {
    for (const set of ['prioritized', 'delayed', 'failed', 'completed'])
      await this.#redis.call('ZREM', this.key(set), jobId);
    for (const list of ['wait', 'active']) await this.#redis.call('LREM', this.key(list), '0', jobId);
  }
}

function pairs(fields: Readonly<Record<string, string>>): string[] {
  return Object.entries(fields).flat();
}
