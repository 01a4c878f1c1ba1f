import type { Pipeline } from '@orc/core';
import { chooseModel, resolveModel, type ModelClient, type ModelConfig, type ModelEvent } from '@orc/core/ai';

import type { Config } from '../config/load.ts';

/** The models of one call. */
export interface OpenModels {
  /** The model of phases that name none. */
  readonly main: ModelClient;
  /** Why it is this one. */
  readonly reason: string;
  /** The models that phases name. */
  readonly byName: (id: string) => ModelClient;
}

/** The configuration as the models know it. */
export function modelConfig(config: Config): ModelConfig {
  const { settings } = config;
  return {
    model: settings['ai.model'],
    baseUrl: settings['ai.base_url'],
    apiKey: settings['ai.api_key'],
    timeoutMs: settings['ai.timeout'],
    callTimeoutMs: settings['limits.phase_timeout'],
    maxRetries: settings['limits.max_retries'],
    requestsPerMinute: settings['limits.requests_per_minute'],
    tokensPerMinute: settings['limits.tokens_per_minute'],
    prices: Object.fromEntries(
      Object.entries(settings['ai.prices']).map(([model, price]) => [
        model,
        { input: price.input, cachedInput: price.cached_input, output: price.output },
      ]),
    ),
    exec: settings['ai.exec'],
    providers: Object.fromEntries(
      Object.entries(settings['ai.providers']).map(([name, provider]) => [
        name,
        {
          api: provider.api,
          baseUrl: provider.base_url,
          apiKey: provider.api_key,
          headers: provider.headers,
          query: provider.query,
          extraBody: provider.extra_body,
          maxConcurrency: provider.max_concurrency,
        },
      ]),
    ),
  };
}

/**
 * Makes the clients of the models that a call needs. No network is touched.
 *
 * @throws the engine's errors for a model that is unknown or has no key.
 */
export async function openModels(
  config: Config,
  wish: {
    readonly model?: string | undefined;
    readonly pipelines?: readonly Pipeline[] | undefined;
    readonly onEvent?: ((event: ModelEvent) => void) | undefined;
  },
): Promise<OpenModels> {
  const settings = modelConfig(config);
  const options = {
    config: settings,
    env: config.env,
    ...(wish.onEvent === undefined ? {} : { onEvent: wish.onEvent }),
  };
  const { reason } = chooseModel(wish.model, settings, config.env);
  const main = await resolveModel(wish.model, options);
  const clients = new Map<string, ModelClient>([[main.id, main]]);
  const named = new Set(
    (wish.pipelines ?? []).flatMap(({ phases }) =>
      phases.map((phase) => phase.definition.sampling.model).filter((id) => id !== undefined),
    ),
  );
  // The configured address and key belong to the main model's provider, also where only `-m` names it.
  const beside = { ...options, config: { ...settings, model: settings.model || main.id } };
  for (const id of named) if (!clients.has(id)) clients.set(id, await resolveModel(id, beside));
  return {
    main,
    reason,
    byName(id) {
      const client = clients.get(id);
      if (client === undefined) throw new Error(`the model ${id} was not opened`);
      return client;
    },
  };
}
