import type {
  LanguageModelV3,
  LanguageModelV3CallOptions,
  LanguageModelV3Middleware,
  LanguageModelV3StreamPart,
  SharedV3Warning,
} from '@ai-sdk/provider';
import type { streamText, wrapLanguageModel } from 'ai';

import type { Transport } from '../call/attempt.ts';
import type { FinishReason, JsonSchema, ModelReply, ModelRequest } from '../model-client.ts';
import { isStrictSchema } from '../schema-check.ts';
import { boundedFetch } from './bounded-fetch.ts';
import { chatFetch, type ChatWire } from './chat/chat-fetch.ts';
import { finishReasonOf } from './finish-reasons.ts';
import { importPeer } from './import-peer.ts';
import { loadLanguageModel, type Endpoint } from './language-model.ts';
import { RequestWatches } from './watched-fetch.ts';

type ProviderOptions = NonNullable<LanguageModelV3CallOptions['providerOptions']>;

/** Attempts through the AI SDK. Its own retries, its console output and its partial results stay off. */
export function sdkTransport(
  endpoint: Endpoint,
  wire: () => ChatWire,
  onWarning: (message: string) => void,
): Transport {
  const watches = new RequestWatches();
  const watched = watches.fetch(boundedFetch(endpoint.fetch, `${endpoint.provider}/${endpoint.modelName}`));
  const fetch = endpoint.api === 'openai-compatible' ? chatFetch(watched, wire) : watched;
  let loading: Promise<Sdk> | undefined;
  const load = (): Promise<Sdk> => {
    // A package that was missing may be there the next time.
    loading ??= loadSdk({ ...endpoint, fetch }).catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
  return async (request, { signal, write, think, touch, alive }) => {
    const { ai, languageModel } = await load();
    signal.throwIfAborted();
    const { schema, system } = request;
    const model = ai.wrapLanguageModel({ model: languageModel, middleware: quiet(schema, onWarning) });
    const providerOptions = optionsFor(endpoint, schema);
    const watch = watches.add({ alive });
    const result = ai.streamText({
      model,
      prompt: request.prompt,
      ...(system === undefined ? {} : { system: { role: 'system' as const, content: system, ...cacheMark(endpoint) } }),
      ...sampling(request),
      ...(providerOptions === undefined ? {} : { providerOptions }),
      headers: watch.headers,
      maxRetries: 0,
      abortSignal: signal,
      // The default one prints to the console.
      onError: () => undefined,
    });
    let ended: Awaited<ReturnType<Transport>> | undefined;
    try {
      // `result.text` would resolve with what came before an error: only the parts tell how it ended.
      for await (const part of result.fullStream) {
        // Also a thought, which is no text, tells that the model is alive.
        touch();
        if (part.type === 'text-delta') write(part.text);
        if (part.type === 'reasoning-delta') think(part.text);
        if (part.type === 'error') throw part.error;
        if (part.type !== 'finish') continue;
        // A reason that the provider did not give was made up when the stream broke off.
        if (part.rawFinishReason === undefined && part.finishReason !== 'stop')
          throw new Error('The stream ended without a finish reason');
        ended = { finishReason: finishReason(part.finishReason, part.rawFinishReason), ...usageOf(part.totalUsage) };
      }
    } finally {
      watch.remove();
    }
    if (ended === undefined) throw new Error('The stream ended before the reply was whole');
    return ended;
  };
}

interface Sdk {
  readonly ai: { readonly streamText: typeof streamText; readonly wrapLanguageModel: typeof wrapLanguageModel };
  readonly languageModel: LanguageModelV3;
}

async function loadSdk(endpoint: Endpoint): Promise<Sdk> {
  const [ai, languageModel] = await Promise.all([importPeer('ai', () => import('ai')), loadLanguageModel(endpoint)]);
  return { ai, languageModel };
}

/** Takes the warnings out of the stream, which the SDK would print, and asks for JSON where a schema is set. */
function quiet(schema: JsonSchema | undefined, onWarning: (message: string) => void): LanguageModelV3Middleware {
  return {
    specificationVersion: 'v3',
    transformParams: async ({ params }) =>
      schema === undefined
        ? params
        : {
            ...params,
            responseFormat: { type: 'json', name: 'reply', schema: schema as NonNullable<JsonFormat['schema']> },
          },
    wrapStream: async ({ doStream }) => {
      const { stream, ...rest } = await doStream();
      const transform = (
        part: LanguageModelV3StreamPart,
        controller: TransformStreamDefaultController<LanguageModelV3StreamPart>,
      ): void => {
        if (part.type !== 'stream-start') {
          controller.enqueue(part);
          return;
        }
        for (const warning of part.warnings) onWarning(warningText(warning));
        controller.enqueue({ ...part, warnings: [] });
      };
      return { ...rest, stream: stream.pipeThrough(new TransformStream({ transform })) };
    },
  };
}

type JsonFormat = Extract<LanguageModelV3CallOptions['responseFormat'], { type: 'json' }>;

function warningText(warning: SharedV3Warning): string {
  if (!('feature' in warning)) return warning.message;
  return `${warning.feature} is ${warning.type}${warning.details === undefined ? '' : `: ${warning.details}`}`;
}

function sampling({ temperature, topP, maxOutputTokens, stop, seed }: ModelRequest): object {
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(stop === undefined ? {} : { stopSequences: [...stop] }),
    ...(seed === undefined ? {} : { seed }),
  };
}

// Strict mode refuses a schema with optional properties, which ours may have.
function optionsFor({ api, provider }: Endpoint, schema: JsonSchema | undefined): ProviderOptions | undefined {
  if (schema === undefined || (api !== 'openai' && api !== 'openai-compatible')) return undefined;
  return { [api === 'openai' ? 'openai' : provider]: { strictJsonSchema: isStrictSchema(schema) } };
}

// Anthropic caches a prefix only where it is marked; the others do it by themselves.
function cacheMark({ api }: Endpoint): { readonly providerOptions?: ProviderOptions } {
  return api === 'anthropic' ? { providerOptions: { anthropic: { cacheControl: { type: 'ephemeral' } } } } : {};
}

function finishReason(reason: string, raw: string | undefined): FinishReason {
  switch (reason) {
    case 'stop':
    case 'length':
    case 'content-filter':
    case 'error':
      return reason;
    default:
      return finishReasonOf(raw ?? reason);
  }
}

interface SdkUsage {
  readonly inputTokens: number | undefined;
  readonly inputTokenDetails: { readonly cacheReadTokens: number | undefined };
  readonly outputTokens: number | undefined;
}

// A server that counts nothing leaves it to our estimate.
function usageOf({ inputTokens, inputTokenDetails, outputTokens }: SdkUsage): Partial<Pick<ModelReply, 'usage'>> {
  if (inputTokens === undefined || outputTokens === undefined || inputTokens + outputTokens === 0) return {};
  return { usage: { inputTokens, cachedInputTokens: inputTokenDetails.cacheReadTokens ?? 0, outputTokens } };
}
