import { chooseModel, offlineModel, type ModelChoice } from './choose-model.ts';
import { addressOf } from './endpoint/address.ts';
import type { Environment, ModelConfig } from './model-config.ts';
import { keyVariableOf, knownProviders, providerPackages } from './providers/known-providers.ts';

/** A provider, as `orc models` shows it. It says whether a key is there, never which. */
export interface ProviderInfo {
  /** The part of a model id before the slash. */
  readonly provider: string;
  /** Its name, for people. */
  readonly title: string;
  /** A model id to start with. */
  readonly example: string;
  /** The environment variables that may hold its key; empty where it needs none. */
  readonly keyVariables: readonly string[];
  /** Whether one of them is set. */
  readonly hasKey: boolean;
  /** Whether it can be used as things are: it needs no key, or has one. */
  readonly ready: boolean;
  /** Whether calls leave this machine. */
  readonly network: boolean;
  /** The npm package that speaks to it, where one is needed. */
  readonly package?: string | undefined;
}

/** The providers, and the model that would be used without asking for one. */
export interface ModelList {
  /** Every provider there is: the built-in one, the known ones, the configured commands. */
  readonly providers: readonly ProviderInfo[];
  /** The model that is used when none is asked for; `undefined` where the configuration is not enough to tell. */
  readonly chosen: ModelChoice | undefined;
}

/** Lists the providers. Touches no network. */
export function listModels({
  config = {},
  env = {},
}: { readonly config?: ModelConfig | undefined; readonly env?: Environment | undefined } = {}): ModelList {
  const known = knownProviders.map((provider): ProviderInfo => {
    const block =
      config.providers !== undefined && Object.hasOwn(config.providers, provider.name)
        ? config.providers[provider.name]
        : undefined;
    const hasKey = keyVariableOf(provider, env) !== undefined || (block?.apiKey ?? '') !== '';
    return {
      provider: provider.name,
      title: provider.title,
      example: `${provider.name}/${provider.defaultModel ?? 'MODEL'}`,
      keyVariables: [
        ...provider.keyVariables,
        ...(provider.tokenVariable === undefined ? [] : [provider.tokenVariable]),
      ],
      hasKey,
      ready: hasKey || provider.keyVariables.length === 0,
      network: provider.local !== true,
      package: providerPackages[provider.api],
    };
  });
  const blocks = Object.entries(config.providers ?? {})
    .filter(([name]) => !known.some(({ provider }) => provider === name))
    .map(([name, { apiKey, baseUrl = '' }]): ProviderInfo => ({
      provider: name,
      title: `Own provider at ${addressOf(baseUrl)}`,
      example: `${name}/MODEL`,
      keyVariables: [],
      hasKey: apiKey !== undefined && apiKey !== '',
      ready: true,
      network: true,
    }));
  const commands = Object.keys(config.exec ?? {}).map((name): ProviderInfo => ({
    provider: 'exec',
    title: `Local command \`${name}\``,
    example: `exec/${name}`,
    keyVariables: [],
    hasKey: false,
    ready: true,
    network: false,
  }));
  const offline: ProviderInfo = {
    provider: 'offline',
    title: 'Built-in writer',
    example: offlineModel,
    keyVariables: [],
    hasKey: false,
    ready: true,
    network: false,
  };
  return { providers: [offline, ...known, ...blocks, ...commands], chosen: tryChoose(config, env) };
}

function tryChoose(config: ModelConfig, env: Environment): ModelChoice | undefined {
  try {
    return chooseModel(undefined, config, env);
  } catch {
    return undefined;
  }
}
