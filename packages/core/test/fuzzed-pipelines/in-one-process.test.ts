import { test } from 'vitest';

import { comparePipelines, kinds, pipelines, timeout } from './cached-equals-uncached.ts';

test(
  `${pipelines} random pipelines under ${kinds.length} kinds of edits, mostly in one process, with its memory: nothing old is served`,
  () => comparePipelines(0.2, 5000),
  timeout,
);
