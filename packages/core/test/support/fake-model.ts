import type {
  ModelCallOptions,
  ModelClient,
  ModelReply,
  ModelRequest,
  ModelStream,
} from '../../src/ai/model-client.ts';

/** A model for tests: answers at once with a function of the request, and remembers what it was asked. */
export interface FakeModel extends ModelClient {
  readonly calls: ModelRequest[];
}

export interface FakeModelOptions {
  readonly id?: string;
  readonly identity?: Readonly<Record<string, string>>;
  readonly priced?: boolean | 'unknown';
  readonly costUsd?: number | null;
  readonly reply?: (
    request: ModelRequest,
    options: ModelCallOptions,
  ) => string | Partial<ModelReply> | Promise<string | Partial<ModelReply>>;
}

export function fakeModel(options: FakeModelOptions = {}): FakeModel {
  const {
    id = 'fake/echo',
    identity = {},
    priced = false,
    costUsd = 0,
    reply = ({ prompt }) => `re: ${prompt}`,
  } = options;
  const calls: ModelRequest[] = [];
  const generate = async (request: ModelRequest, call: ModelCallOptions = {}): Promise<ModelReply> => {
    call.signal?.throwIfAborted();
    calls.push(request);
    const given = await reply(request, call);
    const whole: Partial<ModelReply> = typeof given === 'string' ? { text: given } : given;
    return {
      text: '',
      finishReason: 'stop',
      usage: { inputTokens: 10, cachedInputTokens: 0, outputTokens: 5 },
      costUsd,
      attempts: 1,
      ...whole,
    };
  };
  return {
    id,
    identity: { provider: 'fake', ...identity },
    capabilities: { network: false, priced },
    calls,
    generate,
    stream: (request, call): ModelStream => {
      const replied = generate(request, call);
      return {
        reply: replied,
        async *[Symbol.asyncIterator]() {
          const { text } = await replied;
          for (const word of text.split(/(?<= )/)) yield word;
        },
      };
    },
    priceOf: () => costUsd,
  };
}
