import fc from 'fast-check';
import { expect, it } from 'vitest';

import {
  parseJson,
  readCancel,
  readError,
  readFailure,
  readJobData,
  readJobReport,
  readJobReturn,
  readWorker,
} from '../../src/bullmq/messages.ts';
import { revive } from '../../src/bullmq/wire.ts';
import { serializeError } from '../../src/serialize-error.ts';

const job = { v: 2, id: 'a', input: { t: 'j', v: 1 }, attempt: 1, progress: true, timeoutMs: 5, until: 9, mac: 'm' };
const returned = { value: { t: 'c', v: 'AA' }, worker: 'w', threadId: 3, mac: 'm' };
const progress = { k: 'progress', count: 1, value: { t: 'r', of: 'j', key: 'k', bytes: 3, sha256: 'x' }, mac: 'm' };
const failure = { orc: 1, worker: 'w', ended: 'refused', error: { t: 'u' }, mac: 'm' };
const cancel = { jobId: 'a', reason: serializeError(new TypeError('stop', { cause: new Error('why') })), mac: 'm' };
const worker = { name: 'w', host: 'h', pid: 1, tasks: ['t'], concurrency: 2, running: 0, about: '{}' };

const text = (value: unknown): string => JSON.stringify(value);

it('reads what honest machines write', () => {
  expect(readJobData(job)).toEqual(job);
  expect(readJobReturn(returned)).toEqual(returned);
  expect(readJobReport(progress)).toEqual(progress);
  expect(readJobReport({ k: 'cancelling', worker: 'w' })).toEqual({ k: 'cancelling', worker: 'w' });
  expect(readFailure(text(failure))).toEqual(failure);
  expect(readCancel(text(cancel))).toEqual(cancel);
  expect(readWorker(text({ ...worker, secretId: 's', mac: 'm' }))).toEqual({ info: worker, secretId: 's', mac: 'm' });
});

/** A message with one member, at any depth, replaced by anything or taken away. */
function mutations(message: object): fc.Arbitrary<unknown> {
  const paths = pathsOf(message);
  return fc.tuple(fc.constantFrom(...paths), fc.option(fc.jsonValue(), { nil: undefined })).map(([path, value]) => {
    const copy = structuredClone(message) as Record<string, unknown>;
    let at = copy;
    for (const name of path.slice(0, -1)) at = at[name] as Record<string, unknown>;
    const last = path.at(-1) as string;
    if (value === undefined) delete at[last];
    else at[last] = value;
    return copy;
  });
}

function pathsOf(value: object, above: readonly string[] = []): string[][] {
  return Object.entries(value).flatMap(([name, member]) => {
    const path = [...above, name];
    const deeper = typeof member === 'object' && member !== null ? pathsOf(member as object, path) : [];
    return [path, ...deeper];
  });
}

it('never throws, whatever stands in Redis, and what it reads is in shape', () => {
  const messages = fc.oneof(
    fc.jsonValue({ maxDepth: 4 }),
    ...[job, returned, progress, failure, cancel, worker].map(mutations),
  );
  fc.assert(
    fc.property(messages, (message) => {
      const data = readJobData(message);
      if (data !== undefined) {
        expect(data.attempt).toBeGreaterThanOrEqual(1);
        expect(['u', 'j', 'c', 'r']).toContain(data.input.t);
      }
      readJobReturn(message);
      readJobReport(message);
      readFailure(text(message));
      readCancel(text(message));
      const info = readWorker(text(message));
      if (info !== undefined) expect(info.info.concurrency).toBeLessThanOrEqual(4096);
      const error = readError(message);
      // Reviving never throws either: fields of an error may hold anything.
      if (error !== undefined) revive(error);
    }),
    { numRuns: 3000 },
  );
  fc.assert(fc.property(fc.string(), (line) => void [parseJson(line), readCancel(line), readWorker(line)]));
});

it.each([
  ['fields that no value has', { kind: 'error', name: 'E', message: 'm', data: { '@orc/type': 'bigint', value: 'x' } }],
  ['a map that is none', { kind: 'error', name: 'E', message: 'm', data: { '@orc/type': 'map', value: 7 } }],
])('an error with %s is an error that can not be read', (_what, serialized) => {
  expect(revive(readError(serialized))).toMatchObject({ code: 'ERR_SCHEDULER_REMOTE' });
});

it('an error with causes without end is cut', () => {
  let nested: object = { kind: 'error', name: 'E', message: 'm' };
  for (let depth = 0; depth < 1000; depth += 1) nested = { kind: 'error', name: 'E', message: 'm', cause: nested };
  expect(revive(readError(nested))).toMatchObject({ message: 'm' });
});
