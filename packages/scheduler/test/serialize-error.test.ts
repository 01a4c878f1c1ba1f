import fc from 'fast-check';
import { expect, test } from 'vitest';

import { reviveError, SchedulerError, serializeError, isSchedulerError } from '../src/index.ts';
import { decodeValue, encodeValue } from '../src/portable-value.ts';

const throughJson = (thrown: unknown): unknown =>
  reviveError(JSON.parse(JSON.stringify(serializeError(thrown))) as ReturnType<typeof serializeError>);

test.each([
  new TypeError('t'),
  new RangeError('r'),
  new SyntaxError('s'),
  new EvalError('e'),
  new URIError('u'),
  new ReferenceError('f'),
])('a built-in %s comes back as what it was', (error) => {
  const back = throughJson(error) as Error;
  expect(back).toBeInstanceOf(error.constructor);
  expect(back).toMatchObject({ name: error.name, message: error.message, stack: error.stack });
  expect(Object.keys(back)).toEqual([]);
});

test('an own class comes back with its name, code, fields and causes', () => {
  class QuotaError extends Error {
    readonly code = 'E_QUOTA';
    readonly retryAfter = new Date(1000);
  }
  const error = new QuotaError('spent', { cause: new TypeError('inner', { cause: 'deepest' }) });
  const back = throughJson(error) as Error & Record<string, unknown>;
  expect(back).toMatchObject({ name: 'QuotaError', message: 'spent', code: 'E_QUOTA', retryAfter: new Date(1000) });
  expect(back.cause).toBeInstanceOf(TypeError);
  expect((back.cause as Error).cause).toBe('deepest');
  expect(Object.keys(back)).toEqual(['code', 'retryAfter']);
});

test('aggregates, aborts, timeouts and our own errors keep their class', () => {
  const aggregate = throughJson(new AggregateError([new TypeError('one'), 'two'], 'both')) as AggregateError;
  expect(aggregate).toBeInstanceOf(AggregateError);
  expect(aggregate.errors).toEqual([expect.any(TypeError), 'two']);
  for (const name of ['AbortError', 'TimeoutError']) {
    const back = throughJson(new DOMException('gone', name));
    expect(back).toBeInstanceOf(DOMException);
    expect(back).toMatchObject({ name, message: 'gone' });
  }
  const own = throughJson(new SchedulerError('ERR_SCHEDULER_TASK_RESULT', 'ours'));
  expect(isSchedulerError(own)).toBe(true);
  expect(own).toMatchObject({ code: 'ERR_SCHEDULER_TASK_RESULT', message: 'ours' });
});

test('what cannot cross is described, a cycle of causes ends, an unreadable field is passed over', () => {
  const error = Object.assign(new Error('odd'), { run() {}, symbol: Symbol('s'), self: {} });
  error.self = error;
  error.cause = error;
  Object.defineProperty(error, 'broken', {
    enumerable: true,
    get: () => {
      throw new Error('no');
    },
  });
  expect(throughJson(error)).toMatchObject({ message: 'odd', run: '[function run]', symbol: 'Symbol(s)' });
});

test.each(['text', 7, null, undefined, true, { plain: ['object'] }, 12n, Number.NaN])(
  'a thrown %o comes back as it was',
  (thrown) => {
    expect(throughJson(thrown)).toEqual(thrown);
  },
);

test('an error of another realm is an error', async () => {
  const { runInNewContext } = await import('node:vm');
  expect(throughJson(runInNewContext("new TypeError('elsewhere')"))).toBeInstanceOf(TypeError);
});

test('values go through JSON and come back', () => {
  const value = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.string(),
      fc.double(),
      fc.bigInt(),
      fc.boolean(),
      fc.constant(null),
      fc.constant(undefined),
      fc.date(),
      fc.uint8Array(),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(
        fc.string().filter((key) => key !== '__proto__' && key !== '@orc/type'),
        tie('value'),
        { maxKeys: 4, noNullPrototype: true },
      ),
      fc.array(fc.tuple(fc.string(), tie('value')), { maxLength: 3 }).map((entries) => new Map(entries)),
      fc.uniqueArray(fc.string(), { maxLength: 3 }).map((items) => new Set(items)),
    ),
  })).value;
  fc.assert(
    fc.property(value, (one) => {
      expect(decodeValue(JSON.parse(JSON.stringify(encodeValue(one))) as never)).toEqual(one);
    }),
  );
});
