import {
  bag,
  contentText,
  pieces,
  requestOf,
  sse,
  type WireBody,
  type WireErrorKind,
  type WireFormat,
  type WireReply,
} from './fault-server-wire.ts';

const errors: Readonly<Record<WireErrorKind, readonly [type: string, code: string | null]>> = {
  'rate-limit': ['requests', 'rate_limit_exceeded'],
  'server-error': ['server_error', null],
  overloaded: ['server_error', 'overloaded'],
  unauthorized: ['invalid_request_error', 'invalid_api_key'],
  quota: ['insufficient_quota', 'insufficient_quota'],
  context: ['invalid_request_error', 'context_length_exceeded'],
  'bad-request': ['invalid_request_error', null],
};

function error(kind: WireErrorKind, message: string): unknown {
  const [type, code] = errors[kind];
  return { error: { message, type, param: null, code } };
}

function messages(list: unknown): { readonly system: string; readonly prompt: string } {
  const all = Array.isArray(list) ? (list as readonly WireBody[]) : [];
  const of = (...roles: readonly string[]): string =>
    all
      .filter((message) => roles.includes(String(message['role'])))
      .map((message) => contentText(message['content']))
      .join('\n\n');
  return { system: of('system', 'developer'), prompt: of('user') };
}

function chatUsage(reply: WireReply): unknown {
  return {
    prompt_tokens: reply.inputTokens,
    completion_tokens: reply.outputTokens,
    total_tokens: reply.inputTokens + reply.outputTokens,
    prompt_tokens_details: { cached_tokens: reply.cachedInputTokens },
  };
}

function chatEnd(reply: WireReply): string {
  return reply.end === 'refusal' ? 'content_filter' : reply.end;
}

/** OpenAI's chat completions, which every OpenAI-compatible server speaks. */
export const chatCompletions: WireFormat = {
  path: '/chat/completions',
  read: (body) =>
    requestOf({
      ...messages(body['messages']),
      schema: bag(bag(body, 'response_format'), 'json_schema')['schema'],
      temperature: body['temperature'],
      topP: body['top_p'],
      maxOutputTokens: body['max_completion_tokens'] ?? body['max_tokens'],
      stop: body['stop'],
      seed: body['seed'],
    }),
  stream: (reply, body) => {
    const chunk = (delta: unknown, finish: string | null = null): string =>
      sse({
        id: 'chatcmpl-1',
        object: 'chat.completion.chunk',
        created: 0,
        model: body['model'],
        choices: [{ index: 0, delta, finish_reason: finish }],
      });
    const usage = bag(body, 'stream_options')['include_usage'] === true;
    return [
      chunk({ role: 'assistant', content: '' }),
      ...pieces(reply.text).map((content) => chunk({ content })),
      chunk({}, chatEnd(reply)),
      ...(usage
        ? [
            sse({
              id: 'chatcmpl-1',
              object: 'chat.completion.chunk',
              created: 0,
              model: body['model'],
              choices: [],
              usage: chatUsage(reply),
            }),
          ]
        : []),
      sse('[DONE]'),
    ];
  },
  whole: (reply, body) => ({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 0,
    model: body['model'],
    choices: [{ index: 0, message: { role: 'assistant', content: reply.text }, finish_reason: chatEnd(reply) }],
    usage: chatUsage(reply),
  }),
  error,
  streamError: sse(error('server-error', 'The server had an error while processing your request')),
};

function responseUsage(reply: WireReply): unknown {
  return {
    input_tokens: reply.inputTokens,
    input_tokens_details: { cached_tokens: reply.cachedInputTokens },
    output_tokens: reply.outputTokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: reply.inputTokens + reply.outputTokens,
  };
}

function response(reply: WireReply, body: WireBody): WireBody {
  const incomplete =
    reply.end === 'stop' ? null : { reason: reply.end === 'length' ? 'max_output_tokens' : 'content_filter' };
  return {
    id: 'resp_1',
    object: 'response',
    created_at: 0,
    model: body['model'],
    status: incomplete === null ? 'completed' : 'incomplete',
    incomplete_details: incomplete,
    output: [
      {
        type: 'message',
        id: 'msg_1',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text: reply.text, annotations: [] }],
      },
    ],
    usage: responseUsage(reply),
  };
}

/** OpenAI's responses API. */
export const responses: WireFormat = {
  path: '/responses',
  read: (body) =>
    requestOf({
      ...messages(body['input']),
      schema: bag(bag(body, 'text'), 'format')['schema'],
      temperature: body['temperature'],
      topP: body['top_p'],
      maxOutputTokens: body['max_output_tokens'],
      stop: undefined,
      seed: undefined,
    }),
  stream: (reply, body) => {
    const end = response(reply, body);
    const type = end['status'] === 'completed' ? 'response.completed' : 'response.incomplete';
    const item = { type: 'message', id: 'msg_1', role: 'assistant', status: 'in_progress', content: [] };
    const events = [
      { type: 'response.created', response: { id: 'resp_1', created_at: 0, model: body['model'] } },
      { type: 'response.output_item.added', output_index: 0, item },
      ...pieces(reply.text).map((delta) => ({
        type: 'response.output_text.delta',
        item_id: 'msg_1',
        output_index: 0,
        content_index: 0,
        delta,
      })),
      { type: 'response.output_item.done', output_index: 0, item: { ...item, status: 'completed' } },
      { type, response: end },
    ];
    return events.map((event) => sse(event, event.type));
  },
  whole: response,
  error,
  streamError: sse(
    {
      type: 'error',
      sequence_number: 1,
      error: {
        type: 'server_error',
        code: 'server_error',
        message: 'The server had an error while processing your request',
        param: null,
      },
    },
    'error',
  ),
};
