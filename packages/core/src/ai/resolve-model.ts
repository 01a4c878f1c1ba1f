import { digest, type JsonObject } from '@orc/cache';

import { systemClock, type Clock } from '../clock.ts';
import { OrcError } from '../errors.ts';
import { Budget } from './budget.ts';
import { attemptOf, type Transport } from './call/attempt.ts';
import { callOf } from './call/call-of.ts';
import { clientOf } from './call/client-of.ts';
import { cutPrompt } from './call/cut-prompt.ts';
import { layered, type ModelLayer } from './call/model-call.ts';
import { chooseModel } from './choose-model.ts';
import { Dialect } from './dialect/dialect.ts';
import { knownFacts } from './dialect/known-facts.ts';
import { isNearby } from './endpoint/address.ts';
import { endpointOf } from './endpoint/endpoint-of.ts';
import { withExtras } from './endpoint/request-extras.ts';
import { namesSecret } from './endpoint/secret-values.ts';
import { withDeadline } from './layers/deadline.ts';
import { withLimits } from './layers/limits.ts';
import { withoutRefused } from './layers/refusals.ts';
import { withRetry } from './layers/retry.ts';
import { withBudget } from './layers/spending.ts';
import { withStructuredOutput } from './layers/structured-output.ts';
import type { ModelCapabilities, ModelClient, ModelUsage } from './model-client.ts';
import {
  resolveModelConfig,
  type Environment,
  type ModelConfig,
  type ResolveModelOptions,
  type ResolvedModelConfig,
} from './model-config.ts';
import type { ModelListener } from './model-event.ts';
import { costOf, findPrice } from './prices.ts';
import { defaultFetch } from './providers/default-fetch.ts';
import { proxiesOf } from './providers/proxies.ts';
import { redactSecrets } from './redact-secrets.ts';

/** Everything that is needed to make a client, once. */
interface Setup {
  readonly config: ModelConfig;
  readonly limits: ResolvedModelConfig;
  readonly budget: Budget | undefined;
  readonly env: Environment;
  readonly clock: Clock;
  readonly random: () => number;
  readonly fetch: typeof globalThis.fetch | undefined;
  readonly onEvent: ModelListener;
}

/**
 * Makes the client of a model: the one asked for, else the configured one, else that of the first provider with a key in `env`, else `offline/scribe`.
 * Touches no network; a provider's package is loaded with its first call.
 *
 * @example
 * ```ts
 * import { resolveModel } from '@orc/core/ai';
 *
 * const model = await resolveModel(undefined, { env: process.env });
 * const { text } = await model.generate({ prompt: 'A haiku about tides' });
 * ```
 *
 * @throws `ERR_ORC_MODEL_UNKNOWN`, `ERR_ORC_MODEL_MISSING`, `ERR_ORC_MODEL_AUTH`, `ERR_ORC_OPTION`
 */
export async function resolveModel(id?: string, options: ResolveModelOptions = {}): Promise<ModelClient> {
  const { config = {}, env = {}, clock = systemClock, random = Math.random, onEvent = () => undefined } = options;
  const limits = resolveModelConfig(config);
  const budget = options.budget ?? (limits.budgetUsd > 0 ? new Budget(limits.budgetUsd) : undefined);
  const setup: Setup = { config, limits, budget, env, clock, random, fetch: options.fetch, onEvent };
  const choice = chooseModel(id, config, env);
  if (/^offline(\/|$)/.test(choice.id)) return offlineClient(choice.id, setup);
  if (choice.id.startsWith('exec/')) return execClient(choice.id, setup);
  return endpointClient(choice.id, setup);
}

async function offlineClient(id: string, setup: Setup): Promise<ModelClient> {
  const { createScribe } = await import('./scribe/index.ts');
  // Its own timers keep the process alive while it writes; a clock that was passed in is used as it is.
  const scribe = setup.clock === systemClock ? createScribe(id) : createScribe(id, { clock: setup.clock });
  const priceOf = (usage: ModelUsage): number | null => scribe.priceOf(usage);
  return clientOf(
    scribe,
    layered(
      callOf(scribe, () => setup.clock.now()),
      outerLayers(scribe.id, priceOf, setup),
    ),
    clientOptions(setup),
  );
}

async function execClient(id: string, setup: Setup): Promise<ModelClient> {
  const { config, env, clock, limits, onEvent } = setup;
  const name = id.slice('exec/'.length);
  const command = config.exec !== undefined && Object.hasOwn(config.exec, name) ? config.exec[name] : undefined;
  if (command === undefined) {
    throw new OrcError('ERR_ORC_MODEL_UNKNOWN', `No command is configured for the model \`${id}\``, {
      retryable: false,
      hint: `Add it to your configuration: \`ai.exec: { ${name === '' ? 'NAME' : name}: { command: …, args: […] } }\`. A pipeline file cannot name one.`,
    });
  }
  const priceOf = pricesOf(id, config);
  const secrets = secretsOf(env, config);
  const { execTransport } = await import('./exec/exec-transport.ts');
  const transport = execTransport({
    model: id,
    command,
    env,
    secrets,
    clock,
    timeoutMs: command.timeoutMs ?? limits.callTimeoutMs,
  });
  const call = attemptOf(transport, { model: id, secrets, clock, stallMs: 0, priceOf });
  const layers = [
    withStructuredOutput({ model: id, nativeSchema: false, priceOf, onEvent }),
    ...outerLayers(id, priceOf, setup),
  ];
  // Arguments may hold secrets: the identity holds a digest of what is left without them, as the digest of a short
  // secret can be guessed.
  const identity: JsonObject = {
    provider: 'exec',
    model: name,
    command: digest(command.command, ...(command.args ?? []).map((text) => redactSecrets(text, secrets))),
  };
  return clientOf(
    { id, identity, capabilities: capabilities(false, priceOf), priceOf },
    layered(call, layers),
    clientOptions(setup),
  );
}

async function endpointClient(id: string, setup: Setup): Promise<ModelClient> {
  const { config, env, clock, limits, onEvent } = setup;
  const endpoint = endpointOf(id, config, env);
  const { provider, modelName, baseUrl, keySource, local, ownBaseUrl, openExtras } = endpoint;
  const priced = pricesOf(id, config);
  const priceOf = (usage: ModelUsage): number | null => priced(usage) ?? (local ? 0 : null);
  const proxies = proxiesOf(env);
  const secrets = secretsOf(env, config, [...endpoint.secrets, ...proxies.secrets]);
  const warn = once((message) => onEvent({ type: 'model-warning', model: id, message }));
  const { sdkTransport } = await import('./providers/sdk-transport.ts');
  const fetch = setup.fetch ?? defaultFetch({ proxies, silenceMs: limits.timeoutMs, onWarning: warn });
  const dialect = new Dialect(knownFacts(endpoint.api, provider, modelName));
  const toProvider = sdkTransport({ ...endpoint, fetch: withExtras(fetch, endpoint) }, () => dialect.wire, warn);
  const transport: Transport = async (request, writer) => {
    if (endpoint.warning !== undefined) warn(endpoint.warning);
    const ended = await toProvider(request, writer);
    const cut = ended.usage === undefined ? undefined : cutPrompt(request, ended.usage, id);
    if (cut === undefined) return ended;
    warn(`${cut.message}. ${cut.hint ?? ''}`.trim());
    throw cut;
  };
  const attempt = attemptOf(transport, {
    model: id,
    queues: isNearby(baseUrl),
    keySource: endpoint.warning === undefined ? keySource : `the configuration: ${endpoint.warning}`,
    secrets,
    clock,
    stallMs: limits.timeoutMs,
    priceOf,
    baseUrl: ownBaseUrl || local ? baseUrl : undefined,
  });
  const call = withoutRefused({ model: id, dialect, onEvent })(attempt);
  const layers = [
    withStructuredOutput({ model: id, nativeSchema: true, priceOf, onEvent }),
    ...outerLayers(id, priceOf, setup, endpoint.maxConcurrency),
  ];
  const identity: JsonObject = { provider, model: modelName, baseUrl, ...openExtras };
  return clientOf(
    { id, identity, capabilities: capabilities(!local, priceOf), priceOf },
    layered(call, layers),
    clientOptions(setup),
  );
}

// Outermost first. Each attempt is paid for by itself, before it waits for its turn.
function outerLayers(
  model: string,
  priceOf: (usage: ModelUsage) => number | null,
  { limits, budget, clock, random, onEvent }: Setup,
  maxConcurrency = limits.maxConcurrency,
): readonly ModelLayer[] {
  return [
    withDeadline(model, clock),
    withRetry({
      model,
      maxRetries: limits.maxRetries,
      backoffMs: 500,
      maxBackoffMs: 30_000,
      clock,
      random,
      priceOf,
      onEvent,
    }),
    withBudget({ model, budget, priceOf }),
    withLimits({
      model,
      requestsPerMinute: limits.requestsPerMinute,
      tokensPerMinute: limits.tokensPerMinute,
      maxConcurrency,
      clock,
      onEvent,
    }),
  ];
}

function clientOptions({ clock, limits }: Setup): { readonly clock: Clock; readonly callTimeoutMs: number } {
  return { clock, callTimeoutMs: limits.callTimeoutMs };
}

function pricesOf(id: string, config: ModelConfig): (usage: ModelUsage) => number | null {
  const price = findPrice(id, config.prices);
  return (usage) => costOf(usage, price);
}

function capabilities(network: boolean, priceOf: (usage: ModelUsage) => number | null): ModelCapabilities {
  const example = priceOf({ inputTokens: 1_000_000, cachedInputTokens: 0, outputTokens: 1_000_000 });
  return { network, priced: example === null ? 'unknown' : example > 0 };
}

// A provider's reply may quote any key that it was sent, and a command any that it was given.
function secretsOf(env: Environment, config: ModelConfig, sent: readonly string[] = []): readonly string[] {
  const named = Object.entries(env).filter(([name]) => namesSecret(name));
  return [...named.map(([, value]) => value), config.apiKey, ...sent].filter(
    (value): value is string => value !== undefined && value.length >= 8,
  );
}

function once(tell: (message: string) => void): (message: string) => void {
  const told = new Set<string>();
  return (message) => {
    if (told.has(message)) return;
    told.add(message);
    tell(message);
  };
}
