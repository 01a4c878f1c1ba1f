import type { Clock } from '../clock.ts';
import { OrcError, shown } from '../errors.ts';
import type { Budget } from './budget.ts';
import type { ProviderConfig } from './endpoint/provider-config.ts';
import type { ExecCommand } from './exec/exec-command.ts';
import type { ModelListener } from './model-event.ts';
import type { PriceTable } from './prices.ts';

/** Environment variables, passed in: nothing here reads `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Which model is used, and how. Empty texts and `0` mean "not set", so that a configuration can be passed on as it is. */
export interface ModelConfig {
  /** The model, `provider/model`. */
  readonly model?: string | undefined;
  /**
   * The address of an OpenAI-compatible server for `compatible/NAME`, or of the API of the provider of `model` (where
   * `model` is not set: of the model that is asked for). Other providers keep their own address.
   */
  readonly baseUrl?: string | undefined;
  /**
   * The key for `baseUrl`, or for the provider of `model` at its own address; `${NAME}` stands for an environment
   * variable. It is sent nowhere else.
   */
  readonly apiKey?: string | undefined;
  /** Providers by name, each with an address and a key of its own, so that one pipeline may use several. */
  readonly providers?: Readonly<Record<string, ProviderConfig>> | undefined;
  /**
   * The longest silence of a call, in milliseconds, before it counts as stalled.
   * @defaultValue 120 000
   */
  readonly timeoutMs?: number | undefined;
  /**
   * The longest time of a call with all its attempts and waits, in milliseconds.
   * @defaultValue 1 800 000
   */
  readonly callTimeoutMs?: number | undefined;
  /**
   * Attempts after the first one. Here `0` means none.
   * @defaultValue 3
   */
  readonly maxRetries?: number | undefined;
  /** Attempts a minute. */
  readonly requestsPerMinute?: number | undefined;
  /** Tokens a minute, input and output. */
  readonly tokensPerMinute?: number | undefined;
  /**
   * The most calls at once; adapts downwards to throttling and back up.
   * @defaultValue 64
   */
  readonly maxConcurrency?: number | undefined;
  /** US dollars that all calls of this client may cost together, as long as it lives. What one run may cost is the orchestrator's `limits.budgetUsd`. */
  readonly budgetUsd?: number | undefined;
  /** Prices by model id. A model without one is "unpriced": its cost is `null`, never 0. */
  readonly prices?: PriceTable | undefined;
  /** Local commands by name, for `exec/NAME`. */
  readonly exec?: Readonly<Record<string, ExecCommand>> | undefined;
}

/** What a model is resolved with. */
export interface ResolveModelOptions {
  /** The configuration. */
  readonly config?: ModelConfig | undefined;
  /**
   * The environment: where keys come from.
   * @defaultValue no variables
   */
  readonly env?: Environment | undefined;
  /**
   * What the calls may cost together; pass one budget to several models to share it.
   * @defaultValue one of its own from `config.budgetUsd`, if that is set
   */
  readonly budget?: Budget | undefined;
  /**
   * What makes HTTP requests.
   * @defaultValue `undici`, if it is installed, with the proxies of `env` and without a time limit of its own; else the global `fetch`
   */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /**
   * Where time comes from.
   * @defaultValue the real time
   */
  readonly clock?: Clock | undefined;
  /**
   * Numbers in [0, 1), for the jitter of waits. They never enter a reply.
   * @defaultValue `Math.random`
   */
  readonly random?: (() => number) | undefined;
  /** Told of retries, repairs, limits and warnings. */
  readonly onEvent?: ModelListener | undefined;
}

/** The configuration with its defaults. */
export interface ResolvedModelConfig {
  /** See {@link ModelConfig.timeoutMs}. */
  readonly timeoutMs: number;
  /** See {@link ModelConfig.callTimeoutMs}. */
  readonly callTimeoutMs: number;
  /** See {@link ModelConfig.maxRetries}. */
  readonly maxRetries: number;
  /** See {@link ModelConfig.requestsPerMinute}; 0 = no limit. */
  readonly requestsPerMinute: number;
  /** See {@link ModelConfig.tokensPerMinute}; 0 = no limit. */
  readonly tokensPerMinute: number;
  /** See {@link ModelConfig.maxConcurrency}. */
  readonly maxConcurrency: number;
  /** See {@link ModelConfig.budgetUsd}; 0 = no limit. */
  readonly budgetUsd: number;
}

/**
 * Checks the numbers and puts in the defaults.
 * @throws `ERR_ORC_OPTION`
 */
export function resolveModelConfig(config: ModelConfig = {}): ResolvedModelConfig {
  return {
    timeoutMs: atLeastZero('timeoutMs', config.timeoutMs) || 120_000,
    callTimeoutMs: atLeastZero('callTimeoutMs', config.callTimeoutMs) || 1_800_000,
    maxRetries: atLeastZero('maxRetries', config.maxRetries ?? 3),
    requestsPerMinute: atLeastZero('requestsPerMinute', config.requestsPerMinute),
    tokensPerMinute: atLeastZero('tokensPerMinute', config.tokensPerMinute),
    maxConcurrency: atLeastZero('maxConcurrency', config.maxConcurrency) || 64,
    budgetUsd: atLeastZero('budgetUsd', config.budgetUsd),
  };
}

function atLeastZero(name: string, value: number | undefined): number {
  if (value === undefined) return 0;
  const whole = name === 'maxRetries' || name === 'maxConcurrency';
  if (typeof value === 'number' && value >= 0 && value !== Infinity && (!whole || Number.isInteger(value)))
    return value;
  throw new OrcError(
    'ERR_ORC_OPTION',
    `Expected \`${name}\` to be ${whole ? 'an integer' : 'a finite number'} >= 0, got ${shown(value)}`,
  );
}
