import type { RequestParameter } from '../call/request-parts.ts';
import type { ProviderApi } from '../providers/known-providers.ts';

/** What is known of a model before the first call. */
export interface DialectFacts {
  /** Parts of a request that it refuses. */
  readonly omits: readonly RequestParameter[];
  /** Members of the body of a chat completion that have another name there. */
  readonly rename: Readonly<Record<string, string>>;
}

// OpenAI: "Unsupported parameter: 'max_tokens' … Use 'max_completion_tokens' instead", and only the default temperature.
const reasoning = /(^|\/)(gpt-5|o[1-9])(?![0-9])/;
// "temperature is deprecated for this model", from Opus 4.7 on; the provider's own package knows it, a gateway does not.
const newestClaude = /claude-(opus|sonnet|haiku)-(4-[7-9]|[5-9])/;
const gemma = /(^|[/:_-])gemma/;

/** What is known of a model behind an API, by its name, whatever the address. */
export function knownFacts(api: ProviderApi, provider: string, modelName: string): DialectFacts {
  const name = modelName.toLowerCase();
  const chat = api === 'openai-compatible';
  const omits: RequestParameter[] = [];
  if (chat && (reasoning.test(name) || newestClaude.test(name))) omits.push('temperature', 'topP');
  // Its template has no role for instructions: they stand before the request.
  if (gemma.test(name) && api !== 'openai') omits.push('system');
  // Its API takes no member that it does not know.
  const mistral = chat && provider === 'mistral';
  if (mistral) omits.push('usage');
  return {
    omits,
    rename: {
      ...(chat && reasoning.test(name) ? { max_tokens: 'max_completion_tokens' } : {}),
      ...(mistral ? { seed: 'random_seed' } : {}),
    },
  };
}
