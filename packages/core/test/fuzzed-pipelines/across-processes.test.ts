import { test } from 'vitest';

import { comparePipelines, kinds, pipelines, timeout } from './cached-equals-uncached.ts';

test(
  `${pipelines} random pipelines under ${kinds.length} kinds of edits, with the folder of the cache alone kept between them: nothing old is served`,
  () => comparePipelines(1, 0),
  timeout,
);
