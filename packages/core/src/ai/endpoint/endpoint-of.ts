import type { JsonObject } from '@orc/cache';

import { OrcError, shown } from '../../errors.ts';
import type { Environment, ModelConfig } from '../model-config.ts';
import {
  keyVariableOf,
  knownProvider,
  knownProviders,
  type KnownProvider,
  type ProviderApi,
} from '../providers/known-providers.ts';
import type { Endpoint } from '../providers/language-model.ts';
import { parseAddress, sameHost, type Address } from './address.ts';
import { environmentAddress } from './environment-address.ts';
import type { ProviderConfig, ProviderProtocol } from './provider-config.ts';
import type { RequestExtras } from './request-extras.ts';
import { expandAll, expandVariables, namesSecret } from './secret-values.ts';

/** An endpoint without the function that reaches it, and what is known of it. */
export interface EndpointChoice extends Omit<Endpoint, 'fetch'>, RequestExtras {
  /** Where the key comes from, or would, in words for a person. */
  readonly keySource: string | undefined;
  /** What is sent and may not be shown. */
  readonly secrets: readonly string[];
  /** What of `query`, `headers` and `body` shapes replies and is no secret. */
  readonly openExtras: JsonObject;
  /** The most calls at once, where the provider's block says so. */
  readonly maxConcurrency: number | undefined;
  /** Whether it runs on this machine and costs nothing. */
  readonly local: boolean;
  /** Whether `baseUrl` is another one than the provider's own. */
  readonly ownBaseUrl: boolean;
  /** What a person should know before the first call. */
  readonly warning?: string | undefined;
}

/**
 * Finds out where a model id leads. A key goes to the address that it was configured with, and to no other:
 * `baseUrl` and `apiKey` of the configuration belong to `compatible/…` and to the provider of the configured model
 * (of `id`, where none is configured), a block of `providers` to its own models, a variable of the environment to
 * its provider's own host or to the address in the environment.
 *
 * @throws `ERR_ORC_MODEL_UNKNOWN` for a provider that is not known, `ERR_ORC_MODEL_AUTH` where a key is needed and
 * not set, `ERR_ORC_OPTION` for an address or a block that is none.
 */
export function endpointOf(id: string, config: ModelConfig, env: Environment): EndpointChoice {
  const { prefix, rest } = partsOf(id);
  const known = knownProvider(prefix);
  const block =
    config.providers !== undefined && Object.hasOwn(config.providers, prefix) ? config.providers[prefix] : undefined;
  if (block !== undefined && rest === '') throw unknownProvider(id, config);
  if (block !== undefined) return ofBlock(prefix, rest, block, known, env);
  if (known === undefined) return ofCompatible(id, config, env);
  if (rest === '') throw unknownProvider(id, config);
  return ofKnown(rest, known, providerOf(config.model, id) === prefix ? config : {}, env);
}

function ofKnown(modelName: string, known: KnownProvider, config: ModelConfig, env: Environment): EndpointChoice {
  const own = { baseUrl: known.baseUrl, query: {} };
  const configured = parseAddress(config.baseUrl, 'baseUrl');
  const address = configured ?? environmentAddress(known, env) ?? own;
  const configuredKey = expandKey(config.apiKey, env);
  const key = configuredKey ?? environmentKey(known, address, env, configured === undefined);
  return {
    ...base(known, modelName, address, key, {}, env),
    bearer: configuredKey === undefined && isToken(known, env),
    keySource:
      configuredKey === undefined
        ? (keyVariableOf(known, env) ?? known.keyVariables[0])
        : sourceOf(config.apiKey, '`ai.api_key`'),
    ...withheld(known, key, address.baseUrl, '`ai.api_key`', env),
  };
}

function ofBlock(
  name: string,
  modelName: string,
  block: ProviderConfig,
  known: KnownProvider | undefined,
  env: Environment,
): EndpointChoice {
  const address = parseAddress(block.baseUrl, `providers.${name}.baseUrl`);
  const api = block.api === undefined ? known?.api : apiOf(block.api);
  if (api === undefined) throw incomplete(name, 'api', 'openai, openai-chat, anthropic or google', block.api);
  const at = address ?? (known === undefined ? undefined : { baseUrl: known.baseUrl, query: {} });
  if (at === undefined) throw incomplete(name, 'baseUrl', 'the address of its API', block.baseUrl);
  const blockKey = expandKey(block.apiKey, env, `\`providers.${name}.apiKey\``);
  const key = blockKey ?? (known === undefined ? undefined : environmentKey(known, at, env, false));
  const provider = known ?? { name, title: name, api, keyVariables: [], baseUrl: at.baseUrl };
  const chosen = base(provider, modelName, at, key, block, env);
  return {
    ...chosen,
    api: block.api === undefined ? chosen.api : api,
    bearer: blockKey === undefined && known !== undefined && isToken(known, env),
    keySource:
      blockKey === undefined && known !== undefined
        ? (keyVariableOf(known, env) ?? known.keyVariables[0])
        : sourceOf(block.apiKey, `\`ai.providers.${name}.api_key\``),
    maxConcurrency: block.maxConcurrency,
    ...(known === undefined ? {} : withheld(known, key, at.baseUrl, `\`ai.providers.${name}.api_key\``, env)),
  };
}

function ofCompatible(id: string, config: ModelConfig, env: Environment): EndpointChoice {
  const { prefix, rest } = partsOf(id);
  const address = parseAddress(config.baseUrl, 'baseUrl');
  const modelName = prefix === 'compatible' ? rest : id;
  if (address === undefined || modelName === '') throw unknownProvider(id, config);
  const provider: KnownProvider = {
    name: 'compatible',
    title: 'the server',
    api: 'openai-compatible',
    keyVariables: [],
    baseUrl: '',
  };
  return {
    ...base(provider, modelName, address, expandKey(config.apiKey, env), {}, env),
    keySource: sourceOf(config.apiKey, '`ai.api_key`'),
  };
}

type Base = Omit<EndpointChoice, 'keySource' | 'warning'>;

function base(
  provider: KnownProvider,
  modelName: string,
  address: Address,
  key: string | undefined,
  block: ProviderConfig,
  env: Environment,
): Base {
  const { name, keyVariables } = provider;
  const query = expandAll({ ...address.query, ...block.query }, `${name}.query`, env);
  const headers = expandAll({ ...block.headers }, `${name}.headers`, env);
  const body = block.extraBody ?? {};
  const ownBaseUrl = address.baseUrl !== provider.baseUrl;
  // A header or a parameter may carry the key in the place of the usual one.
  const keyElsewhere = headers.secrets.length + query.secrets.length > 0;
  if (key === undefined && keyVariables.length > 0 && !ownBaseUrl && !keyElsewhere) throw noKey(provider);
  const takesNone = provider.api === 'openai-compatible' || provider.api === 'openai';
  return {
    // What stands in for OpenAI's server speaks chat completions; few speak its newer API.
    api: provider.api === 'openai' && ownBaseUrl ? 'openai-compatible' : provider.api,
    provider: name,
    modelName,
    baseUrl: address.baseUrl,
    apiKey: key ?? (takesNone ? undefined : 'none'),
    bearer: false,
    query: query.values,
    headers: headers.values,
    body,
    secrets: [...(key === undefined ? [] : [key]), ...query.secrets, ...headers.secrets, ...secretMembers(body)],
    openExtras: openExtras({ query: query.open, headers: headers.open, body: openMembers(body) }),
    maxConcurrency: undefined,
    local: provider.local === true,
    ownBaseUrl,
  };
}

// A variable of the environment holds the key of the provider itself, or of the address beside it in the environment.
function environmentKey(
  known: KnownProvider,
  { baseUrl }: Address,
  env: Environment,
  fromEnvironment: boolean,
): string | undefined {
  const variable = keyVariableOf(known, env);
  if (variable === undefined || !(fromEnvironment || sameHost(baseUrl, known.baseUrl))) return undefined;
  return env[variable]?.trim();
}

function isToken(known: KnownProvider, env: Environment): boolean {
  return known.tokenVariable !== undefined && keyVariableOf(known, env) === known.tokenVariable;
}

function withheld(
  known: KnownProvider,
  key: string | undefined,
  baseUrl: string,
  setting: string,
  env: Environment,
): Pick<EndpointChoice, 'warning'> {
  const variable = keyVariableOf(known, env);
  if (key !== undefined || variable === undefined) return {};
  return {
    warning: `${variable} is not sent to ${baseUrl}, which is not an address of ${known.title}; if it belongs there, set ${setting} to \${${variable}}`,
  };
}

function partsOf(id: string): { readonly prefix: string; readonly rest: string } {
  const slash = id.indexOf('/');
  return { prefix: slash < 0 ? '' : id.slice(0, slash), rest: id.slice(slash + 1) };
}

function providerOf(configured: string | undefined, id: string): string {
  return partsOf(configured === undefined || configured === '' ? id : configured).prefix;
}

function apiOf(protocol: ProviderProtocol): ProviderApi | undefined {
  switch (protocol) {
    case 'openai':
    case 'anthropic':
    case 'google':
      return protocol;
    case 'openai-chat':
      return 'openai-compatible';
    default:
      protocol satisfies never;
      return undefined;
  }
}

/** A configured key with its variables put in; an empty text is no key. */
function expandKey(value: string | undefined, env: Environment, what = 'The configured key'): string | undefined {
  if (value === undefined || value === '') return undefined;
  return expandVariables(value, what, env).trim();
}

/** Where a person mends a key: the variable, where the setting is nothing but one, else the setting. */
function sourceOf(configured: string | undefined, setting: string): string {
  return /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/.exec(configured ?? '')?.[1] ?? setting;
}

function openMembers(body: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(body).filter(([name]) => !namesSecret(name)));
}

function secretMembers(body: JsonObject): readonly string[] {
  return Object.entries(body)
    .filter(([name]) => namesSecret(name))
    .map(([, value]) => value)
    .filter((value) => typeof value === 'string');
}

// What is not there leaves the identity of an endpoint as it is without it.
function openExtras(parts: Readonly<Record<string, JsonObject>>): JsonObject {
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => Object.keys(part).length > 0));
}

function unknownProvider(id: string, config: ModelConfig): OrcError {
  const names = [...Object.keys(config.providers ?? {}), ...knownProviders.map(({ name }) => name)]
    .filter((name, index, all) => all.indexOf(name) === index)
    .map((name) => `${name}/…`)
    .join(', ');
  return new OrcError(
    'ERR_ORC_MODEL_UNKNOWN',
    `Expected a model as \`provider/model\` with a known provider, got ${shown(id)}`,
    {
      retryable: false,
      hint: `Known: offline/scribe, ${names}, exec/NAME; \`compatible/NAME\` with \`ai.base_url\` for any OpenAI-compatible server.`,
    },
  );
}

function incomplete(name: string, member: string, expected: string, value: unknown): OrcError {
  return new OrcError(
    'ERR_ORC_OPTION',
    `Expected \`providers.${name}.${member}\` to be ${expected}, got ${shown(value)}`,
    { hint: `\`${name}\` is no known provider, so its block needs \`api\` and \`base_url\`.` },
  );
}

function noKey({ title, keyVariables }: KnownProvider): OrcError {
  return new OrcError('ERR_ORC_MODEL_AUTH', `No key for ${title}: ${keyVariables.join(' or ')} is not set`, {
    retryable: false,
    hint: `Set ${keyVariables[0] as string} in the environment, or choose \`-m offline/scribe\`, which needs no key.`,
  });
}
