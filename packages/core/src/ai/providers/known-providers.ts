/** How a provider is spoken to. */
export type ProviderApi = 'openai' | 'anthropic' | 'google' | 'openai-compatible';

/** A provider that is known by name. */
export interface KnownProvider {
  /** The part of a model id before the slash. */
  readonly name: string;
  /** Its name, for people. */
  readonly title: string;
  /** How it is spoken to. */
  readonly api: ProviderApi;
  /** The environment variables that may hold its key, the first one that is set counts. Empty: it needs none. */
  readonly keyVariables: readonly string[];
  /** The environment variable that may hold a token for the `Authorization` header; it counts before a key. */
  readonly tokenVariable?: string | undefined;
  /** The environment variable that may hold another address of its API. */
  readonly baseUrlVariable?: string | undefined;
  /** The path of its API, where the variable names the root of a server. */
  readonly rootPath?: string | undefined;
  /** The address of its API. */
  readonly baseUrl: string;
  /** The model that is used when only a key says which provider is meant. */
  readonly defaultModel?: string | undefined;
  /** Whether it runs on this machine and costs nothing. */
  readonly local?: boolean | undefined;
}

/** The providers that are known by name, in the order in which a key in the environment chooses one. */
export const knownProviders: readonly KnownProvider[] = [
  {
    name: 'openai',
    title: 'OpenAI',
    api: 'openai',
    keyVariables: ['OPENAI_API_KEY'],
    baseUrlVariable: 'OPENAI_BASE_URL',
    baseUrl: 'https://api.openai.com/v1',
    defaultModel: 'gpt-5.4-mini',
  },
  {
    name: 'anthropic',
    title: 'Anthropic',
    api: 'anthropic',
    keyVariables: ['ANTHROPIC_API_KEY'],
    tokenVariable: 'ANTHROPIC_AUTH_TOKEN',
    baseUrlVariable: 'ANTHROPIC_BASE_URL',
    rootPath: '/v1',
    baseUrl: 'https://api.anthropic.com/v1',
    defaultModel: 'claude-sonnet-4-6',
  },
  {
    name: 'google',
    title: 'Google Gemini',
    api: 'google',
    keyVariables: ['GOOGLE_GENERATIVE_AI_API_KEY', 'GEMINI_API_KEY', 'GOOGLE_API_KEY'],
    baseUrlVariable: 'GOOGLE_GEMINI_BASE_URL',
    rootPath: '/v1beta',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
    defaultModel: 'gemini-3.5-flash',
  },
  {
    name: 'openrouter',
    title: 'OpenRouter',
    api: 'openai-compatible',
    keyVariables: ['OPENROUTER_API_KEY'],
    baseUrl: 'https://openrouter.ai/api/v1',
  },
  {
    name: 'mistral',
    title: 'Mistral',
    api: 'openai-compatible',
    keyVariables: ['MISTRAL_API_KEY'],
    baseUrl: 'https://api.mistral.ai/v1',
  },
  {
    name: 'groq',
    title: 'Groq',
    api: 'openai-compatible',
    keyVariables: ['GROQ_API_KEY'],
    baseUrl: 'https://api.groq.com/openai/v1',
  },
  {
    name: 'deepseek',
    title: 'DeepSeek',
    api: 'openai-compatible',
    keyVariables: ['DEEPSEEK_API_KEY'],
    baseUrl: 'https://api.deepseek.com/v1',
  },
  {
    name: 'xai',
    title: 'xAI',
    api: 'openai-compatible',
    keyVariables: ['XAI_API_KEY'],
    baseUrl: 'https://api.x.ai/v1',
  },
  {
    name: 'ollama',
    title: 'Ollama',
    api: 'openai-compatible',
    keyVariables: [],
    baseUrlVariable: 'OLLAMA_HOST',
    rootPath: '/v1',
    baseUrl: 'http://localhost:11434/v1',
    local: true,
  },
  {
    name: 'lmstudio',
    title: 'LM Studio',
    api: 'openai-compatible',
    keyVariables: [],
    baseUrl: 'http://localhost:1234/v1',
    local: true,
  },
];

/** The npm package that speaks to a provider. */
export const providerPackages: Readonly<Record<ProviderApi, string>> = {
  openai: '@ai-sdk/openai',
  anthropic: '@ai-sdk/anthropic',
  google: '@ai-sdk/google',
  'openai-compatible': '@ai-sdk/openai-compatible',
};

/** A known provider by its name. */
export function knownProvider(name: string): KnownProvider | undefined {
  return knownProviders.find((provider) => provider.name === name);
}

/** The first variable of a provider that holds a token or a key. */
export function keyVariableOf(
  provider: KnownProvider,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const { keyVariables, tokenVariable } = provider;
  const names = tokenVariable === undefined ? keyVariables : [tokenVariable, ...keyVariables];
  return names.find((name) => (env[name] ?? '').trim() !== '');
}
