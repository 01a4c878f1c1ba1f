import type { Attributes } from '@opentelemetry/api';

import type { EventOf } from '../report/run-report.ts';

// Where the conventions have a name of their own for a provider.
const providers: ReadonlyMap<string, string> = new Map([
  ['google', 'gcp.gemini'],
  ['mistral', 'mistral_ai'],
  ['xai', 'x_ai'],
]);

/** What tells one kind of model call from another, after the `gen_ai` conventions. */
export function modelAttributes(model: string): Attributes {
  const slash = model.indexOf('/');
  const provider = slash === -1 ? 'unknown' : model.slice(0, slash);
  return {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': providers.get(provider) ?? provider,
    'gen_ai.request.model': model.slice(slash + 1),
  };
}

/** What a span tells of its call besides. */
export function callAttributes({ task, usage, costUsd, attempts, finishReason }: EventOf<'model-end'>): Attributes {
  return {
    'gen_ai.response.finish_reasons': [finishReason],
    'gen_ai.usage.input_tokens': usage.inputTokens,
    'gen_ai.usage.cache_read.input_tokens': usage.cachedInputTokens,
    'gen_ai.usage.output_tokens': usage.outputTokens,
    'orc.task.id': task,
    'orc.model.attempts': attempts,
    ...(costUsd === null ? {} : { 'orc.model.cost': costUsd }),
  };
}
