import type { LanguageModelV3 } from '@ai-sdk/provider';

import { importPeer } from './import-peer.ts';
import { providerPackages, type ProviderApi } from './known-providers.ts';

/** A model at an address, ready to be spoken to. */
export interface Endpoint {
  /** How it is spoken to. */
  readonly api: ProviderApi;
  /** The provider's name. */
  readonly provider: string;
  /** The model's name, as the provider knows it. */
  readonly modelName: string;
  /** The address of the API. */
  readonly baseUrl: string;
  /** The key; `undefined` where none is needed. */
  readonly apiKey: string | undefined;
  /** Whether the key is a token that goes into the `Authorization` header, where the API has another one for keys. */
  readonly bearer: boolean;
  /** What makes the requests. */
  readonly fetch: typeof globalThis.fetch;
}

/** Loads the provider's package, and nothing of any other provider, and makes the model. Everything is passed in: the packages would read the environment. */
export async function loadLanguageModel({
  api,
  provider,
  modelName,
  baseUrl,
  apiKey,
  bearer,
  fetch,
}: Endpoint): Promise<LanguageModelV3> {
  const name = providerPackages[api];
  const shared = { baseURL: baseUrl, fetch };
  switch (api) {
    case 'openai': {
      const { createOpenAI } = await importPeer(name, () => import('@ai-sdk/openai'));
      return createOpenAI({ ...shared, apiKey: apiKey ?? '' }).responses(modelName);
    }
    case 'anthropic': {
      const { createAnthropic } = await importPeer(name, () => import('@ai-sdk/anthropic'));
      const key = bearer ? { authToken: apiKey ?? '' } : { apiKey: apiKey ?? '' };
      return createAnthropic({ ...shared, ...key }).messages(modelName);
    }
    case 'google': {
      const { createGoogleGenerativeAI } = await importPeer(name, () => import('@ai-sdk/google'));
      return createGoogleGenerativeAI({ ...shared, apiKey: apiKey ?? '' }).languageModel(modelName);
    }
    case 'openai-compatible': {
      const { createOpenAICompatible } = await importPeer(name, () => import('@ai-sdk/openai-compatible'));
      const options = { ...shared, name: provider, includeUsage: true, supportsStructuredOutputs: true };
      return createOpenAICompatible(apiKey === undefined ? options : { ...options, apiKey }).chatModel(modelName);
    }
    default:
      return api satisfies never;
  }
}
