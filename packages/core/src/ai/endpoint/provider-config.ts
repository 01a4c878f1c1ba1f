import type { JsonObject } from '@orc/cache';

/** How a server is spoken to: OpenAI's responses, OpenAI's chat completions, Anthropic's messages, Google's Gemini. */
export type ProviderProtocol = 'openai' | 'openai-chat' | 'anthropic' | 'google';

/**
 * A provider of the user's own, or a known one with other settings. Models are named `NAME/model` after it.
 * In `apiKey`, `headers` and `query`, `${NAME}` stands for an environment variable; such values are secrets.
 */
export interface ProviderConfig {
  /**
   * How the server is spoken to.
   * @defaultValue that of the known provider of this name; required for any other name
   */
  readonly api?: ProviderProtocol | undefined;
  /**
   * The address of the API, often ending in `/v1`. A query in it counts as `query`.
   * @defaultValue that of the known provider of this name; required for any other name
   */
  readonly baseUrl?: string | undefined;
  /**
   * The key, sent to `baseUrl` and nowhere else.
   * @defaultValue the known provider's variable in the environment, where the address is the provider's own; else none
   */
  readonly apiKey?: string | undefined;
  /** Headers of every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Parameters of every address: Azure's `api-version`. */
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** Members of every request body, in place of those of the same name: OpenRouter's `provider`. */
  readonly extraBody?: JsonObject | undefined;
  /**
   * The most calls at once.
   * @defaultValue `maxConcurrency` of the configuration
   */
  readonly maxConcurrency?: number | undefined;
}
