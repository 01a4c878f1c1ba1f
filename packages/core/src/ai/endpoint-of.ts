import { OrcError, shown } from '../errors.ts';
import type { Environment, ModelConfig } from './model-config.ts';
import { keyVariableOf, knownProvider, knownProviders, type KnownProvider } from './providers/known-providers.ts';
import type { Endpoint } from './providers/language-model.ts';

/** An endpoint without the function that reaches it, and where its key comes from. */
export interface EndpointChoice extends Omit<Endpoint, 'fetch'> {
  /** The variable that holds the key, or would. */
  readonly keyVariable: string | undefined;
  /** Whether it runs on this machine and costs nothing. */
  readonly local: boolean;
  /** Whether `baseUrl` is another one than the provider's own. */
  readonly ownBaseUrl: boolean;
}

/**
 * Finds out where a model id leads. `compatible/NAME`, and any name without a known provider, need an address in the configuration.
 * @throws `ERR_ORC_MODEL_UNKNOWN` for a provider that is not known, `ERR_ORC_MODEL_AUTH` where a key is needed and not set, `ERR_ORC_OPTION` for an address that is none.
 */
export function endpointOf(id: string, config: ModelConfig, env: Environment): EndpointChoice {
  const slash = id.indexOf('/');
  const prefix = slash < 0 ? '' : id.slice(0, slash);
  const rest = id.slice(slash + 1);
  const known = knownProvider(prefix);
  const configured = checkedUrl(config.baseUrl, 'baseUrl');
  const configuredKey = expandKey(config.apiKey, env);
  if (known === undefined) {
    if (configured === undefined) throw unknownProvider(id);
    const modelName = prefix === 'compatible' ? rest : id;
    if (modelName === '') throw unknownProvider(id);
    return {
      api: 'openai-compatible',
      provider: 'compatible',
      modelName,
      baseUrl: configured,
      apiKey: configuredKey,
      keyVariable: undefined,
      local: false,
      ownBaseUrl: true,
    };
  }
  if (rest === '') throw unknownProvider(id);
  const fromEnvironment =
    known.baseUrlVariable === undefined ? undefined : checkedUrl(env[known.baseUrlVariable], known.baseUrlVariable);
  const baseUrl = configured ?? fromEnvironment ?? known.baseUrl;
  const ownBaseUrl = baseUrl !== known.baseUrl;
  const keyVariable = keyVariableOf(known, env);
  const apiKey = configuredKey ?? (keyVariable === undefined ? undefined : env[keyVariable]?.trim());
  if (apiKey === undefined && known.keyVariables.length > 0 && !ownBaseUrl) throw noKey(known);
  return {
    // What stands in for OpenAI's server speaks chat completions; few speak its newer API.
    api: known.api === 'openai' && ownBaseUrl ? 'openai-compatible' : known.api,
    provider: known.name,
    modelName: rest,
    baseUrl,
    apiKey: apiKey ?? (known.api === 'openai-compatible' || known.api === 'openai' ? undefined : 'none'),
    keyVariable: keyVariable ?? known.keyVariables[0],
    local: known.local === true,
    ownBaseUrl,
  };
}

/** Replaces `${NAME}` in a configured key by the variable; an empty text is no key. */
function expandKey(value: string | undefined, env: Environment): string | undefined {
  if (value === undefined || value === '') return undefined;
  const key = value.replaceAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_match, name: string) => {
    const found = env[name];
    if (found === undefined || found === '') {
      throw new OrcError(
        'ERR_ORC_MODEL_AUTH',
        `The configured key refers to the environment variable ${name}, which is not set`,
        { retryable: false, hint: `Set ${name}.` },
      );
    }
    return found;
  });
  return key.trim();
}

function checkedUrl(value: string | undefined, name: string): string | undefined {
  if (value === undefined || value === '') return undefined;
  const url = tryUrl(value);
  if (
    url !== null &&
    (url.protocol === 'http:' || url.protocol === 'https:') &&
    url.username === '' &&
    url.password === ''
  )
    return value.replace(/\/+$/, '');
  const what =
    url !== null && (url.username !== '' || url.password !== '')
      ? 'an address without user and password'
      : `an http or https address, got ${shown(value)}`;
  throw new OrcError('ERR_ORC_OPTION', `Expected \`${name}\` to be ${what}`, {
    hint: 'For example `http://localhost:8000/v1`.',
  });
}

function tryUrl(value: string): URL | null {
  try {
    return new URL(value);
  } catch {
    return null;
  }
}

function unknownProvider(id: string): OrcError {
  const names = knownProviders.map(({ name }) => `${name}/…`).join(', ');
  return new OrcError(
    'ERR_ORC_MODEL_UNKNOWN',
    `Expected a model as \`provider/model\` with a known provider, got ${shown(id)}`,
    {
      retryable: false,
      hint: `Known: offline/scribe, ${names}, exec/NAME; \`compatible/NAME\` with \`ai.base_url\` for any OpenAI-compatible server.`,
    },
  );
}

function noKey({ title, keyVariables }: KnownProvider): OrcError {
  return new OrcError('ERR_ORC_MODEL_AUTH', `No key for ${title}: ${keyVariables.join(' or ')} is not set`, {
    retryable: false,
    hint: `Set ${keyVariables[0] as string} in the environment, or choose \`-m offline/scribe\`, which needs no key.`,
  });
}
