// A scenario that does not do its work must fail: each of these takes something away behind its back.

import type { createOrchestrator as Create, Orchestrator, OrchestratorOptions } from '@orc/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { folderOfTest } from '../../../test-support/temporary-folder.ts';
import { seededRandom } from '../src/random.ts';
import type { ScenarioOutcome } from '../src/results.ts';
import type { Scenario } from '../src/scenario.ts';
import { cacheHit } from '../src/scenarios/cache-hit.ts';
import { checkShare } from '../src/scenarios/distributed.ts';
import { fiction } from '../src/scenarios/fiction.ts';
import { growth } from '../src/scenarios/growth.ts';
import { parallel } from '../src/scenarios/parallel.ts';
import { resume } from '../src/scenarios/resume.ts';
import { sequential } from '../src/scenarios/sequential.ts';

type Result = Awaited<ReturnType<Orchestrator['run']>['result']>;

/** What is done behind a scenario's back. */
interface Sabotage {
  /** Other options than those it asked for. */
  options?: (options: OrchestratorOptions) => OrchestratorOptions;
  /** Another result than the one it got; told how many there were before. */
  result?: (result: Result, before: number) => Partial<Result>;
  /** Another answer of a child process. */
  child?: (script: string, args: readonly string[]) => unknown;
  /** Another store than the cache. */
  get?: () => undefined;
}
let sabotage: Sabotage = {};
let dir = '';

vi.mock('@orc/core', async (importOriginal) => {
  const actual = await importOriginal<{ createOrchestrator: typeof Create }>();
  let before = 0;
  const createOrchestrator = (given: OrchestratorOptions): Orchestrator => {
    const orchestrator = actual.createOrchestrator(sabotage.options?.(given) ?? given);
    const alter = async (given: Promise<Result>): Promise<Result> => {
      const result = await given;
      if (sabotage.result === undefined) return result;
      const altered = sabotage.result(result, before);
      before += 1;
      return {
        ...result,
        get report() {
          return result.report;
        },
        ...altered,
      };
    };
    return new Proxy(orchestrator, {
      get(target, name) {
        const member = Reflect.get(target, name, target) as unknown;
        if (typeof member !== 'function') return member;
        return (...args: unknown[]): unknown => {
          const made = (member as (...args: unknown[]) => unknown).apply(target, args);
          const wrap = (run: { readonly result: Promise<Result> }): unknown => {
            const result = alter(run.result);
            return new Proxy(run, {
              get: (from, key) => {
                if (key === 'result') return result;
                const value = Reflect.get(from, key, from) as unknown;
                return typeof value === 'function' ? (value as () => unknown).bind(from) : value;
              },
            });
          };
          if (name === 'run') return wrap(made as { readonly result: Promise<Result> });
          if (name === 'resume') return (made as Promise<{ readonly result: Promise<Result> }>).then(wrap);
          return made;
        };
      },
    });
  };
  return { ...actual, createOrchestrator };
});

vi.mock('@orc/cache', async (importOriginal) => {
  const actual = await importOriginal<{ TtlLruCache: new (options: object) => { get(key: unknown): unknown } }>();
  class TtlLruCache extends actual.TtlLruCache {
    override get(key: unknown): unknown {
      return sabotage.get === undefined ? super.get(key) : sabotage.get();
    }
  }
  return { ...actual, TtlLruCache };
});

// A thread can't load TypeScript: the phases for threads are those of the build.
vi.mock('../src/pipelines/burns.ts', () => import(new URL('../dist/pipelines/burns.js', import.meta.url).href));

vi.mock('../src/processes/child.ts', () => ({
  runChild: (script: URL, { args = [] }: { args?: readonly string[] }) =>
    Promise.resolve(sabotage.child?.(script.pathname, args)),
}));

const run = (scenario: Scenario): Promise<ScenarioOutcome> =>
  scenario.run({ profile: 'smoke', random: seededRandom(1), dir, progress: () => undefined });

const failsWith = async (scenario: Scenario, what: RegExp, given: Sabotage): Promise<void> => {
  sabotage = given;
  await expect(run(scenario)).rejects.toThrow(what);
};

beforeEach(() => {
  dir = folderOfTest();
});
afterEach(() => {
  sabotage = {};
});

const file = { ms: 2, tier: 'file' };

describe('the cache hit', () => {
  it('succeeds where nothing is wrong', async () => {
    sabotage = { child: () => file };
    const outcome = await run(cacheHit);
    expect(outcome.rows.map((row) => row.id)).toEqual(['executed', 'hit', 'digest', 'file', 'executed-run', 'hit-run']);
  });

  it('fails where the cache is cold', () =>
    failsWith(cacheHit, /the repeat had 0 hits of 3/, {
      child: () => file,
      options: (options) => ({ ...options, cache: false }),
    }));

  it('fails where standard is served from a cache', () =>
    failsWith(cacheHit, /the standard run had 3 hits/, {
      child: () => file,
      options: (options) => ({ ...options, optimized: undefined }),
    }));

  it('fails where a phase is skipped', () =>
    failsWith(cacheHit, /the phase skipped/, {
      result: (result) => ({ phases: result.phases.map((phase) => ({ ...phase, status: 'skipped' })) }),
    }));

  it('fails where the model wrote nothing', () =>
    failsWith(cacheHit, /the model wrote 0 tokens/, {
      result: (result) => ({ usage: { ...result.usage, outputTokens: 0 } }),
    }));

  it('fails where a repeat gives another text', () =>
    failsWith(cacheHit, /the text is another one/, {
      result: (result, before) => ({ text: `${result.text}${before}` }),
    }));

  it('fails where the fresh process did not read the file', () =>
    failsWith(cacheHit, /the fresh process was served by none/, { child: () => ({ ms: 1, tier: 'none' }) }));
});

describe('the chain', () => {
  it('fails where the cache is cold', () =>
    failsWith(sequential, /0 hits instead of 10/, { options: (options) => ({ ...options, cache: false }) }));

  it('fails where phases are skipped', () =>
    failsWith(sequential, /9 of 10 phases/, {
      result: (result) => ({
        phases: result.phases.map((phase, index) => (index === 4 ? { ...phase, status: 'skipped' } : phase)),
      }),
    }));

  it('fails where standard is optimized', () =>
    failsWith(sequential, /sequential instead of standard/, {
      options: (options) => ({ ...options, optimized: undefined }),
    }));
});

describe('the parallel phases', () => {
  it('fail where they run one after another', () =>
    failsWith(parallel, /expected parallel, got sequential/, {
      options: (options) => (options.optimized === false ? options : { ...options, maxWorkers: 1 }),
    }));

  it('fail where threads could not start', () =>
    failsWith(parallel, /threads could not start/, {
      result: () => ({ degradations: [{ what: 'threads', message: '' }] as unknown as Result['degradations'] }),
    }));

  it('fail where the work was cut short', () =>
    failsWith(parallel, /the burns came to another number/, { result: () => ({ text: '7' }) }));
});

describe('the fiction pipeline', () => {
  it('fails where the text is too short', () =>
    failsWith(fiction, /900 words instead of 2000/, { result: () => ({ words: 900 }) }));

  it('fails where runs differ', () =>
    failsWith(fiction, /the manuscript differs/, { result: (_, before) => ({ text: String(before) }) }));

  it('fails where it is served from a cache', () =>
    failsWith(fiction, /0 calls|[1-9]\d* hits/, { options: (options) => ({ ...options, cache: undefined }) }));

  it('fails where the run fails', () =>
    failsWith(fiction, /the run failed: broken/, {
      result: () => ({ status: 'failed', error: { message: 'broken' } as unknown as NonNullable<Result['error']> }),
    }));
});

describe('the resumed run', () => {
  it('fails where everything is run anew', () =>
    failsWith(resume, /0 of \d+ ended tasks were restored/, {
      result: (result) => ({ report: { ...result.report, restored: 0 } }),
    }));

  it('fails where the text is another one', () =>
    failsWith(resume, /the resumed text is another one/, { result: (_, before) => ({ text: String(before) }) }));
});

describe('the distributed run', () => {
  const result = (facts: object, workers: readonly (string | undefined)[]): Result =>
    ({
      status: 'succeeded',
      words: 100,
      strategy: { name: 'distributed' },
      degradations: [],
      report: { tasks: workers.map((worker) => ({ worker })) },
      ...facts,
    }) as unknown as Result;

  it('fails where a worker did nothing, or where it was not distributed', () => {
    expect(() => checkShare(result({}, ['a', 'b', undefined]), 100, 2)).not.toThrow();
    expect(() => checkShare(result({}, ['a', 'a', undefined]), 100, 2)).toThrow('1 of 2 workers did something');
    expect(() => checkShare(result({ strategy: { name: 'parallel' } }, ['a']), 100, 1)).toThrow('it ran as parallel');
    expect(() => checkShare(result({ degradations: [{ what: 'broker' }] }, ['a']), 100, 1)).toThrow('without broker');
  });
});

describe('growth', () => {
  it('fails where lookups miss', () => failsWith(growth, /0 of 100000 hits/, { get: () => undefined }));
});
