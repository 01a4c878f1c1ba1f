import { expectTypeOf } from 'vitest';

import {
  resolveModel,
  type ModelClient,
  type ModelConfig,
  type ModelReply,
  type ResolveModelOptions,
} from '../../src/ai/index.ts';

expectTypeOf(resolveModel).parameters.toEqualTypeOf<
  [id?: string | undefined, options?: ResolveModelOptions | undefined]
>();
expectTypeOf(resolveModel).returns.resolves.toEqualTypeOf<ModelClient>();
// The environment of the process fits as it is.
expectTypeOf<NodeJS.ProcessEnv>().toExtend<NonNullable<ResolveModelOptions['env']>>();
// Values that may be undefined can be passed on.
expectTypeOf<{ model: string | undefined; baseUrl: string | undefined }>().toExtend<ModelConfig>();
expectTypeOf<ModelReply['costUsd']>().toEqualTypeOf<number | null>();
// @ts-expect-error: a key has no place of its own among the options
await resolveModel('openai/x', { apiKey: 'sk-…' });
