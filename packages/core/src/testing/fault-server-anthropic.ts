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

const errorTypes: Readonly<Record<WireErrorKind, string>> = {
  'rate-limit': 'rate_limit_error',
  'server-error': 'api_error',
  overloaded: 'overloaded_error',
  unauthorized: 'authentication_error',
  quota: 'invalid_request_error',
  context: 'invalid_request_error',
  'bad-request': 'invalid_request_error',
};

function error(kind: WireErrorKind, message: string): unknown {
  return { type: 'error', error: { type: errorTypes[kind], message } };
}

// Older models take a schema as a tool that they have to call.
function jsonTool(body: WireBody): WireBody | undefined {
  const tools = Array.isArray(body['tools']) ? (body['tools'] as readonly WireBody[]) : [];
  return tools.find((tool) => tool['name'] === 'json');
}

function stopReason(reply: WireReply, body: WireBody): string {
  if (reply.end === 'length') return 'max_tokens';
  if (reply.end === 'refusal') return 'refusal';
  return jsonTool(body) === undefined ? 'end_turn' : 'tool_use';
}

function inputUsage(reply: WireReply): WireBody {
  return {
    input_tokens: reply.inputTokens - reply.cachedInputTokens,
    cache_read_input_tokens: reply.cachedInputTokens,
    cache_creation_input_tokens: 0,
  };
}

/** Anthropic's messages. */
export const anthropicMessages: WireFormat = {
  path: '/messages',
  read: (body) => {
    const user = Array.isArray(body['messages']) ? (body['messages'] as readonly WireBody[]) : [];
    return requestOf({
      system: contentText(body['system']),
      prompt: user.map((message) => contentText(message['content'])).join('\n\n'),
      schema: jsonTool(body)?.['input_schema'] ?? bag(bag(body, 'output_config'), 'format')['schema'],
      temperature: body['temperature'],
      topP: body['top_p'],
      maxOutputTokens: body['max_tokens'],
      stop: body['stop_sequences'],
      seed: undefined,
    });
  },
  stream: (reply, body) => {
    const tool = jsonTool(body);
    const block =
      tool === undefined ? { type: 'text', text: '' } : { type: 'tool_use', id: 'toolu_1', name: 'json', input: {} };
    const delta = (text: string): unknown =>
      tool === undefined ? { type: 'text_delta', text } : { type: 'input_json_delta', partial_json: text };
    const events: readonly ({ readonly type: string } & WireBody)[] = [
      {
        type: 'message_start',
        message: {
          id: 'msg_1',
          type: 'message',
          role: 'assistant',
          model: body['model'],
          content: [],
          stop_reason: null,
          usage: { ...inputUsage(reply), output_tokens: 1 },
        },
      },
      { type: 'content_block_start', index: 0, content_block: block },
      { type: 'ping' },
      ...pieces(reply.text).map((text) => ({ type: 'content_block_delta', index: 0, delta: delta(text) })),
      { type: 'content_block_stop', index: 0 },
      {
        type: 'message_delta',
        delta: { stop_reason: stopReason(reply, body), stop_sequence: null },
        usage: { output_tokens: reply.outputTokens },
      },
      { type: 'message_stop' },
    ];
    return events.map((event) => sse(event, event.type));
  },
  whole: (reply, body) => ({
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: body['model'],
    content: [
      jsonTool(body) === undefined
        ? { type: 'text', text: reply.text }
        : { type: 'tool_use', id: 'toolu_1', name: 'json', input: JSON.parse(reply.text) as unknown },
    ],
    stop_reason: stopReason(reply, body),
    stop_sequence: null,
    usage: { ...inputUsage(reply), output_tokens: reply.outputTokens },
  }),
  error,
  streamError: sse(error('overloaded', 'Overloaded'), 'error'),
};
