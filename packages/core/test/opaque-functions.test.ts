/** A function whose text shows nothing could be edited without anybody seeing it. */
import { expect, test } from 'vitest';

import { definePhase, type OrcError } from '../src/index.ts';

class Worker {
  readonly #word: string;
  constructor(word: string) {
    this.#word = word;
  }
  run(): string {
    return this.#word;
  }
}

const plain = (): boolean => true;
const hidden: Record<string, (...args: never[]) => never> = {
  bound: new Worker('a').run.bind(new Worker('b')) as never,
  proxied: new Proxy(plain, {}) as never,
};

const places: Record<string, (work: never) => object> = {
  run: (run) => ({ run }),
  prompt: (prompt) => ({ kind: 'llm', prompt }),
  when: (when) => ({ run: plain, when }),
  forEach: (forEach) => ({ run: plain, forEach }),
  artifacts: (artifacts) => ({ run: plain, artifacts }),
  'loop.score': (score) => ({ run: plain, loop: { max: 2, score } }),
  'loop.until': (until) => ({ run: plain, loop: { max: 2, score: () => 1, until } }),
  'cache.when': (when) => ({ run: plain, cache: { when } }),
  'uses.files': (files) => ({ run: plain, uses: { files } }),
};

const cases = Object.entries(places).flatMap(([path, options]) =>
  Object.entries(hidden).map(([kind, work]) => [path, kind, options(work as never)] as const),
);

test.each(cases)('`%s` that is %s is refused, with what to do', (path, _, options) => {
  let error: OrcError | undefined;
  try {
    definePhase({ id: 'phase', kind: 'compute', ...options } as never);
  } catch (thrown) {
    error = thrown as OrcError;
  }
  expect(error).toMatchObject({ code: 'ERR_ORC_PHASE', message: expect.stringContaining(`\`${path}\``) });
  expect(error?.hint).toContain('version');
});

test.each(cases)('`%s` that is %s is taken where the phase says its version', (_, __, options) => {
  expect(() => definePhase({ id: 'phase', kind: 'compute', version: '1', ...options } as never)).not.toThrow();
});

test('a function of the language itself says its name', () => {
  expect(() => definePhase({ id: 'phase', kind: 'compute', run: Date.now })).not.toThrow();
});

test('a schema that shows nothing is refused too', () => {
  const validate = new Proxy((value: unknown) => ({ value }), {});
  const outputSchema = { '~standard': { version: 1, vendor: 'mine', validate } } as never;
  const options = { id: 'phase', kind: 'compute', outputSchema, run: () => 1 } as const;
  expect(() => definePhase(options)).toThrow(/`outputSchema` of phase `phase` to be a schema that shows/);
  expect(() => definePhase({ ...options, version: '1' })).not.toThrow();
});
