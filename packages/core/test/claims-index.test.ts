/** Where each promise is tested that the system this one is modelled on made and did not keep. */
import { readFile } from 'node:fs/promises';

import { expect, test } from 'vitest';

const claims = 'core/test/claims.test.ts';

/** Promise, then the tests: file and title. */
const promises: readonly (readonly [string, ...(readonly [file: string, title: string])[]])[] = [
  [
    'results are keyed on what shaped them',
    [claims, "a result is keyed on what it was made from: plan B never gets plan A's text"],
    ['core/test/key.test.ts', 'misses: %s'],
  ],
  [
    'at most 1000 results, the least recently used go',
    [claims, 'a thousand results are kept where nothing else is said, and not one more'],
    [claims, 'the cache holds at most as many results as it may, the least recently used go'],
  ],
  [
    '30 minutes, with a background sweep that ends',
    [claims, 'results are gone after half an hour, and what looks after that is gone with the orchestrator'],
    [
      'core/test/resources.test.ts',
      'ten thousand runs in one process leave heap, handles and listeners where they were, and closing leaves nothing',
    ],
  ],
  [
    'the cache speeds up resumed work and later processes',
    [claims, 'results outlive the process: another orchestrator finds them, and resumed work is not done again'],
  ],
  [
    'hits and misses are counted',
    [claims, 'hits and misses of a run are counted exactly, also with many at once'],
    [
      'cli/test/streams.test.ts',
      '-verbose tells of hits and misses, times, utilisation, memory, retries and the strategy with its reason',
    ],
  ],
  ['errors are not cached', ['core/test/never-kept.test.ts', 'errors are never kept']],
  [
    'three or more independent phases run at once',
    ['core/test/claims-pool.test.ts', 'independent phases really run at once'],
    ['core/test/strategy.test.ts', 'the reason names the phases that are independent'],
  ],
  [
    'a worker pool that ends well',
    ['core/test/claims-pool.test.ts', 'many more phases than workers all end, and at most as many run at once as may'],
    ['core/test/claims-pool.test.ts', 'nothing of a cancelled run shows up in the next one'],
  ],
  [
    'optimizations keep everything working',
    [claims, 'with optimizations on, a run has the same retries, validation, timeouts and checkpoints as without'],
    [
      'core/test/strategies-agree.property.test.ts',
      'every strategy and every concurrency gives the same result and the same artifacts, cold and warm',
    ],
  ],
  [
    'a run resumes exactly where it stopped',
    [claims, 'what a resumed phase gets is what the finished phases gave: nested data, as it was'],
    [claims, 'a resumed result holds what was written before it stopped, and every file of it'],
    [
      'core/test/kill/kill.test.ts',
      'a run that is killed twenty times at any instruction ends as if nothing had happened',
    ],
    ['core/test/session/session-artifacts.test.ts', 'an artifact is written whole, replaced when it differs'],
  ],
  [
    'the configuration counts',
    [claims, 'options that are not known are refused, not ignored'],
    ['cli/test/config-load.test.ts', 'the documented block is read: durations, sizes, automatic values'],
    ['cli/test/config-load.test.ts', 'every setting has an environment variable of its own'],
  ],
  [
    '97 % less than executing',
    [
      claims,
      'what a hit is compared with is a real call: without optimizations the model is asked each time, with them once',
    ],
    ['bench/budgets.json', '"cache-hit"'],
  ],
  [
    'rate limits and 429',
    ['core/test/ai/classify-failure.test.ts', 'is told apart: $what'],
    ['core/test/ai/retry.test.ts', 'lasts as long as `Retry-After` says in seconds, also far longer than a minute'],
    ['core/test/ai/retry.test.ts', 'doubles between attempts, spread over its upper half by the injected randomness'],
    ['core/test/ai/token-bucket.test.ts', 'hold back requests over HTTP until their time'],
  ],
  [
    'streaming, cost, structured output',
    ['core/test/attempts.test.ts', 'text that is written is told while it is written, and only when somebody listens'],
    ['core/test/ai/budget.test.ts', 'stops the call that may exceed it before it is made'],
    [
      'core/test/ai/structured-output.test.ts',
      'that does not satisfy its schema is asked for once more, with what was wrong',
    ],
  ],
  [
    'a quality loop',
    ['core/test/attempts.test.ts', 'a loop keeps the best output so far, never just the last'],
    [
      'core/test/attempts.test.ts',
      'an output that never satisfies its schema fails the run, with what is wrong with it',
    ],
  ],
  [
    'pipelines that do something',
    [claims, 'every built-in pipeline has phases, of which one makes the result'],
    ['cli/test/start-up.test.ts', 'a run with plain lines'],
  ],
  [
    'metrics',
    ['core/test/metrics/metrics.test.ts', 'events become measurements, with the names and units of the conventions'],
  ],
  [
    'prefetch',
    [
      'core/test/prefetch.test.ts',
      'keys that are known from the last run are fetched from the slow tiers in one sweep',
    ],
  ],
  ['distribution', ['core/test/distributed/processes.test.ts', 'three workers share a run']],
  [
    'work off the event loop',
    ['core/test/run.test.ts', 'with nested fan-out, item-wise edges, conditions and a worker thread'],
  ],
  ['a plan before anything is spent', ['core/test/plan.test.ts', 'what a plan says is what the run then does']],
  [
    'JSON and a live view',
    ['cli/test/streams.test.ts', 'with --output-format json is one document of the published form'],
    ['cli/test/live-view.test.ts', 'shows the run while it goes'],
  ],
];

test.each(promises)('%s', async (_promise, ...tests) => {
  for (const [file, title] of tests)
    expect(await readFile(new URL(`../../${file}`, import.meta.url), 'utf8')).toContain(title);
});
