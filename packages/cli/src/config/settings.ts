import type { JsonObject } from '@orc/cache';

/** A price of a model in US dollars for a million tokens. */
export interface PriceSetting {
  /** Input tokens. */
  readonly input: number;
  /** Input tokens that the provider served from its prompt cache; the input price when left out. */
  readonly cached_input?: number | undefined;
  /** Output tokens. */
  readonly output: number;
}

/** A local command that serves as a model, `exec/NAME`: prompt on stdin, text on stdout. */
export interface ExecSetting {
  /** The program. */
  readonly command: string;
  /** Its arguments. */
  readonly args?: readonly string[] | undefined;
}

/** A server of the user's own, or other settings of a known provider; its models are `NAME/model`. */
export interface ProviderSetting {
  /** How it is spoken to. */
  readonly api?: 'openai' | 'openai-chat' | 'anthropic' | 'google' | undefined;
  /** The address of its API. */
  readonly base_url?: string | undefined;
  /** Its key, sent to that address and nowhere else. */
  readonly api_key?: string | undefined;
  /** Headers of every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Parameters of every address. */
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** Members of every request body. */
  readonly extra_body?: JsonObject | undefined;
  /** The most calls at once. */
  readonly max_concurrency?: number | undefined;
}

/** The configuration, resolved: durations in milliseconds, sizes in bytes, 0 = automatic or no limit. */
export interface Settings {
  /** Cache, parallelism and prefetching altogether. */
  readonly 'performance.enabled': boolean;
  /** How long a result stays in memory, in milliseconds. */
  readonly 'performance.cache.ttl': number;
  /** The most results in memory. */
  readonly 'performance.cache.max_size': number;
  /** Whether results are kept in files, for later runs. */
  readonly 'performance.cache.file.enabled': boolean;
  /** How long a result stays in its file, in milliseconds. */
  readonly 'performance.cache.file.ttl': number;
  /** The most bytes of cached files. */
  readonly 'performance.cache.file.max_bytes': number;
  /** The folder of cached files; empty = `$XDG_CACHE_HOME/orchestrator`. */
  readonly 'performance.cache.file.dir': string;
  /** The most tasks at once; 0 = twice the cores. */
  readonly 'performance.concurrency.max_workers': number;
  /** Tasks that wait for each worker before a submitter has to. */
  readonly 'performance.concurrency.buffer_size': number;
  /** What is fetched or run ahead of need. */
  readonly 'performance.prefetch': 'off' | 'known' | 'speculative';
  /** The model, `provider/model`; empty = the first provider with a key, else `offline/scribe`. */
  readonly 'ai.model': string;
  /** The address of an OpenAI-compatible server. */
  readonly 'ai.base_url': string;
  /** The provider's key; better kept in the environment, `${OPENAI_API_KEY}`. */
  readonly 'ai.api_key': string;
  /** The longest silence of a model call, in milliseconds. */
  readonly 'ai.timeout': number;
  /** Prices by model. */
  readonly 'ai.prices': Readonly<Record<string, PriceSetting>>;
  /** Local commands by name. */
  readonly 'ai.exec': Readonly<Record<string, ExecSetting>>;
  /** Servers by name; `${NAME}` in their keys, headers and parameters is put in where the models are made. */
  readonly 'ai.providers': Readonly<Record<string, ProviderSetting>>;
  /** Retries of one model call or phase. */
  readonly 'limits.max_retries': number;
  /** The longest time of one phase's task, in milliseconds. */
  readonly 'limits.phase_timeout': number;
  /** The longest time of a run, in milliseconds. */
  readonly 'limits.total_timeout': number;
  /** Model calls a minute. */
  readonly 'limits.requests_per_minute': number;
  /** Tokens a minute. */
  readonly 'limits.tokens_per_minute': number;
  /** US dollars that one run may cost. */
  readonly 'limits.budget_usd': number;
  /** A folder that receives copies of the files of every run; empty = none. */
  readonly 'paths.output_dir': string;
  /** The least severe messages that are shown. */
  readonly 'log.level': 'debug' | 'info' | 'warn' | 'error';
  /** Lines for people or one JSON document a line. */
  readonly 'log.format': 'text' | 'json';
  /** A file that receives the log too. */
  readonly 'log.file': string;
  /** The port of the Prometheus endpoint; 0 = none. */
  readonly 'metrics.port': number;
  /** A file for the Prometheus textfile collector. */
  readonly 'metrics.file': string;
  /** The Redis server through which machines share the work. */
  readonly 'distributed.redis_url': string;
  /** The secret with which work for other machines is signed; empty = unsigned. */
  readonly 'distributed.secret': string;
  /** How soon a lost worker is noticed. */
  readonly 'distributed.preset': 'default' | 'fast';
}

/** The name of a setting: its dotted path in the file. */
export type SettingKey = keyof Settings;

/** What a setting is written as. */
export type SettingKind =
  | 'boolean'
  | 'integer'
  | 'number'
  | 'duration'
  | 'size'
  | 'text'
  | 'path'
  | 'address'
  | 'choice'
  | 'prices'
  | 'commands'
  | 'providers';

/** What is known of a setting. */
export interface SettingSpec {
  /** What it is written as. */
  readonly kind: SettingKind;
  /** One line for people. */
  readonly doc: string;
  /** The schemes of an address. */
  readonly schemes?: readonly string[];
  /** The values of a choice. */
  readonly choices?: readonly string[];
  /** The smallest number. */
  readonly min?: number;
  /** The largest number. */
  readonly max?: number;
  /** Whether its value is hidden when it is shown. */
  readonly secret?: boolean;
}

const seconds = 1000;
const minutes = 60 * seconds;
const hours = 60 * minutes;

/** The values that hold when nothing else is said. */
export const defaultSettings: Settings = Object.freeze({
  'performance.enabled': true,
  'performance.cache.ttl': 30 * minutes,
  'performance.cache.max_size': 1000,
  'performance.cache.file.enabled': true,
  'performance.cache.file.ttl': 7 * 24 * hours,
  'performance.cache.file.max_bytes': 256 * 1024 * 1024,
  'performance.cache.file.dir': '',
  'performance.concurrency.max_workers': 0,
  'performance.concurrency.buffer_size': 4,
  'performance.prefetch': 'known',
  'ai.model': '',
  'ai.base_url': '',
  'ai.api_key': '',
  'ai.timeout': 120 * seconds,
  'ai.prices': {},
  'ai.exec': {},
  'ai.providers': {},
  'limits.max_retries': 3,
  'limits.phase_timeout': 30 * minutes,
  'limits.total_timeout': 4 * hours,
  'limits.requests_per_minute': 0,
  'limits.tokens_per_minute': 0,
  'limits.budget_usd': 0,
  'paths.output_dir': '',
  'log.level': 'info',
  'log.format': 'text',
  'log.file': '',
  'metrics.port': 0,
  'metrics.file': '',
  'distributed.redis_url': '',
  'distributed.secret': '',
  'distributed.preset': 'default',
});

/** Every setting there is, in the order of the file. */
export const settingSpecs: Readonly<Record<SettingKey, SettingSpec>> = {
  'performance.enabled': { kind: 'boolean', doc: 'cache, parallelism and prefetching altogether' },
  'performance.cache.ttl': { kind: 'duration', min: 1, doc: 'how long a result stays in memory' },
  'performance.cache.max_size': { kind: 'integer', min: 1, doc: 'the most results in memory' },
  'performance.cache.file.enabled': { kind: 'boolean', doc: 'keep results in files, for later runs' },
  'performance.cache.file.ttl': { kind: 'duration', min: 1, doc: 'how long a result stays in its file' },
  'performance.cache.file.max_bytes': { kind: 'size', min: 1, doc: 'the most bytes of cached files' },
  'performance.cache.file.dir': {
    kind: 'path',
    doc: 'the folder of cached files (empty: $XDG_CACHE_HOME/orchestrator)',
  },
  'performance.concurrency.max_workers': {
    kind: 'integer',
    min: 0,
    max: 1024,
    doc: 'the most tasks at once (0: twice the cores)',
  },
  'performance.concurrency.buffer_size': {
    kind: 'integer',
    min: 1,
    max: 10_000,
    doc: 'tasks waiting for each worker before a submitter has to wait',
  },
  'performance.prefetch': {
    kind: 'choice',
    choices: ['off', 'known', 'speculative'],
    doc: 'what is fetched or run ahead of need',
  },
  'ai.model': {
    kind: 'text',
    doc: 'the model, provider/model (empty: the first provider with a key in the environment, else offline/scribe)',
  },
  'ai.base_url': {
    kind: 'address',
    schemes: ['http:', 'https:'],
    doc: 'the address of an OpenAI-compatible server',
  },
  'ai.api_key': { kind: 'text', secret: true, doc: 'the key, best written ${NAME_OF_A_VARIABLE}' },
  'ai.timeout': { kind: 'duration', doc: 'the longest silence of a model call' },
  'ai.prices': {
    kind: 'prices',
    doc: 'prices by model in US dollars for a million tokens: {input, cached_input, output}',
  },
  'ai.exec': { kind: 'commands', doc: 'local commands as models, exec/NAME: {command, args}' },
  'ai.providers': {
    kind: 'providers',
    secret: true,
    doc: 'servers as providers of models, NAME/model: {api, base_url, api_key, headers, query, extra_body, max_concurrency}',
  },
  'limits.max_retries': { kind: 'integer', min: 0, max: 100, doc: 'retries of one call' },
  'limits.phase_timeout': { kind: 'duration', doc: 'the longest time of one task of a phase' },
  'limits.total_timeout': { kind: 'duration', doc: 'the longest time of a run' },
  'limits.requests_per_minute': { kind: 'integer', min: 0, doc: 'model calls a minute (0: no limit)' },
  'limits.tokens_per_minute': { kind: 'integer', min: 0, doc: 'tokens a minute (0: no limit)' },
  'limits.budget_usd': { kind: 'number', min: 0, doc: 'US dollars that one run may cost (0: no limit)' },
  'paths.output_dir': { kind: 'path', doc: 'a folder that receives copies of the files of every run' },
  'log.level': {
    kind: 'choice',
    choices: ['debug', 'info', 'warn', 'error'],
    doc: 'the least severe messages that are shown',
  },
  'log.format': { kind: 'choice', choices: ['text', 'json'], doc: 'lines for people, or one JSON document a line' },
  'log.file': { kind: 'path', doc: 'a file that receives the log too' },
  'metrics.port': {
    kind: 'integer',
    min: 0,
    max: 65_535,
    doc: 'the port of the Prometheus endpoint on loopback (0: none)',
  },
  'metrics.file': { kind: 'path', doc: 'a file for the Prometheus textfile collector' },
  'distributed.redis_url': {
    kind: 'address',
    schemes: ['redis:', 'rediss:'],
    secret: true,
    doc: 'the Redis server through which machines share the work',
  },
  'distributed.secret': {
    kind: 'text',
    secret: true,
    doc: 'the secret, the same on all machines, with which shared work is signed: 16 characters or more (empty: unsigned)',
  },
  'distributed.preset': {
    kind: 'choice',
    choices: ['default', 'fast'],
    doc: 'how soon a lost worker is noticed: `fast` asks the broker more often',
  },
};

/** The names of all settings. */
export const settingKeys: readonly SettingKey[] = Object.keys(settingSpecs) as SettingKey[];

/** Whether a dotted path names a setting. */
export function isSettingKey(key: string): key is SettingKey {
  return Object.hasOwn(settingSpecs, key);
}

/** The environment variable of a setting: its path in capitals, `ORC_PERFORMANCE_CACHE_TTL`. */
export function environmentName(key: SettingKey): string {
  return `ORC_${key.replaceAll('.', '_').toUpperCase()}`;
}
