import { OrcError, shown } from '../errors.ts';
import { addressOf } from './endpoint/address.ts';
import type { Environment, ModelConfig } from './model-config.ts';
import { keyVariableOf, knownProviders } from './providers/known-providers.ts';

/** Which model is used, and why. */
export interface ModelChoice {
  /** The model, `provider/model`. */
  readonly id: string;
  /** What decided. */
  readonly source: 'explicit' | 'config' | 'environment' | 'offline';
  /** Why, in one sentence for people. */
  readonly reason: string;
}

/** The model that needs no key and no network. */
export const offlineModel = 'offline/scribe';

/**
 * Chooses the model: the one asked for, else the configured one, else that of the first provider with a key in the environment, else `offline/scribe`.
 * @throws `ERR_ORC_MODEL_MISSING` when an address is configured but nothing says which model it serves.
 */
export function chooseModel(id: string | undefined, config: ModelConfig = {}, env: Environment = {}): ModelChoice {
  if (id !== undefined && id !== '') return { id, source: 'explicit', reason: 'asked for' };
  if (config.model !== undefined && config.model !== '')
    return { id: config.model, source: 'config', reason: 'set in the configuration' };
  for (const provider of knownProviders) {
    const variable = keyVariableOf(provider, env);
    if (variable === undefined || provider.defaultModel === undefined) continue;
    return { id: `${provider.name}/${provider.defaultModel}`, source: 'environment', reason: `${variable} is set` };
  }
  if (config.baseUrl !== undefined && config.baseUrl !== '') {
    throw new OrcError(
      'ERR_ORC_MODEL_MISSING',
      `No model is chosen for the server at ${shown(addressOf(config.baseUrl))}`,
      {
        hint: 'Name one: `-m compatible/NAME`, or `ai.model` in the configuration.',
      },
    );
  }
  return { id: offlineModel, source: 'offline', reason: 'no model is configured and no key is set' };
}
