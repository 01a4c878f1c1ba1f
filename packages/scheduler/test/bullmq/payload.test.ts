import fc from 'fast-check';
import type { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';

import { payloadStore } from '../../src/bullmq/payload.ts';
import type { Packed } from '../../src/bullmq/payload.ts';
import { jobIdOf } from '../../src/bullmq/queue-keys.ts';

/** Just the commands that large payloads need. */
function memoryClient(): Redis {
  const values = new Map<string, Buffer>();
  return {
    set: (key: string, value: Buffer) => Promise.resolve(values.set(key, value)),
    strlen: (key: string) => Promise.resolve(values.get(key)?.byteLength ?? 0),
    getBuffer: (key: string) => Promise.resolve(values.get(key) ?? null),
  } as unknown as Redis;
}

const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withSparseArray: true,
});

describe('payloads', () => {
  it('come out as structured cloning would give them, in the record or beside it', async () => {
    await fc.assert(
      fc.asyncProperty(anything, fc.constantFrom(0, 64, 1_000_000), async (value, inlineBytes) => {
        const store = payloadStore(memoryClient(), { inlineBytes, maxBytes: 1_000_000, keepMs: 1000 });
        // The journey through BullMQ is one through JSON.
        const travelled = JSON.parse(JSON.stringify(await store.pack(value, 'key'))) as Packed;
        expect(await store.unpack(travelled, 'key')).toStrictEqual(structuredClone(value));
      }),
      { numRuns: 300 },
    );
  });

  it('carry cycles', async () => {
    const loop: { self?: unknown; name: string } = { name: 'loop' };
    loop.self = loop;
    const store = payloadStore(memoryClient(), { inlineBytes: 1000, maxBytes: 1_000_000, keepMs: 1000 });
    const back = (await store.unpack(await store.pack(loop, 'key'), 'key')) as typeof loop;
    expect(back.self).toBe(back);
  });

  it('say what cannot travel, and what is no longer there', async () => {
    const store = payloadStore(memoryClient(), { inlineBytes: 1000, maxBytes: 1_000_000, keepMs: 1000 });
    await expect(store.pack({ run: () => 1 }, 'key')).rejects.toMatchObject({ code: 'ERR_SCHEDULER_PAYLOAD' });
    await expect(store.unpack({ t: 'r', of: 'j', key: 'gone', bytes: 5, sha256: '' }, 'gone')).rejects.toMatchObject({
      code: 'ERR_SCHEDULER_PAYLOAD',
    });
  });
});

describe('job ids', () => {
  it('are the same for the same task, different for different ones, and such as BullMQ takes', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        const id = jobIdOf(one);
        expect(jobIdOf(one)).toBe(id);
        expect(id).toMatch(/^[A-Za-z0-9._-]+$/);
        expect(id).toMatch(/\D/);
        if (one !== other) expect(jobIdOf(other)).not.toBe(id);
      }),
    );
  });
});
