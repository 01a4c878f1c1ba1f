import {
  completion,
  openaiError,
  quirkText,
  quirkValue,
  send,
  streamText,
  type Quirk,
  type QuirkCall,
} from './wire.ts';

const json = JSON.stringify(quirkValue);

function refuses(
  name: string,
  member: string,
  status: number,
  body: object | string,
  { structured = false }: { readonly structured?: boolean } = {},
): Quirk {
  return {
    name: `refuses-${name}`,
    structured,
    outcome: {},
    answer: (call) => {
      if (call.body[member] === undefined) streamText(call, structured ? json : quirkText);
      else send(call, status, body);
    },
  };
}

function schema(name: string, status: number, body: object): Quirk {
  return refuses(`schema-${name}`, 'response_format', status, body, { structured: true });
}

function hasSystem({ body }: QuirkCall): boolean {
  const messages = body['messages'] as readonly { readonly role: string }[];
  return messages.some(({ role }) => role === 'system' || role === 'developer');
}

/** What servers refuse, in their own words. */
export const refusalQuirks: readonly Quirk[] = [
  refuses(
    'temperature',
    'temperature',
    400,
    openaiError("Unsupported value: 'temperature' does not support 0.4 with this model.", { param: 'temperature' }),
  ),
  refuses('seed', 'seed', 400, openaiError('Unrecognized request argument supplied: seed')),
  refuses('seed-as-extra', 'seed', 422, {
    message: { detail: [{ type: 'extra_forbidden', loc: ['body', 'seed'], msg: 'Extra inputs are not permitted' }] },
  }),
  refuses('usage', 'stream_options', 422, {
    detail: [{ type: 'extra_forbidden', loc: ['body', 'stream_options'], msg: 'Extra inputs are not permitted' }],
  }),
  refuses('top-p', 'top_p', 400, { error: 'top_p is not supported' }),
  refuses('stop', 'stop', 400, openaiError("Unsupported parameter: 'stop' is not supported with this model.")),
  refuses(
    'limit',
    'max_tokens',
    400,
    openaiError("Unsupported parameter: 'max_tokens' is not supported. Use 'max_completion_tokens' instead."),
  ),
  refuses('temperature-without-words', 'temperature', 422, '<unprocessable>'),
  {
    name: 'refuses-streaming',
    structured: false,
    outcome: {},
    answer: (call) => {
      if (call.body['stream'] === true)
        send(call, 400, openaiError('Your organization must be verified to stream this model.', { param: 'stream' }));
      else send(call, 200, completion(quirkText));
    },
  },
  {
    name: 'refuses-system',
    structured: false,
    outcome: {},
    answer: (call) => {
      if (hasSystem(call)) send(call, 400, openaiError('System role not supported'));
      else streamText(call, quirkText);
    },
  },
  schema('type', 400, openaiError('This response_format type is unavailable now')),
  schema('as-text', 400, { error: "'response_format.type' must be 'text'" }),
  schema('behind-a-router', 400, {
    error: {
      message: 'Provider returned error',
      code: 400,
      metadata: { raw: '{"error":{"message":"not supported by this model"}}' },
    },
  }),
  schema('without-an-endpoint', 404, {
    error: { message: 'No endpoints found that support the requested parameters: structured_outputs', code: 404 },
  }),
  schema('too-many-states', 400, openaiError('The constraint has too many states for serving.')),
  schema('bad-sample', 400, openaiError('Failed to validate JSON.', { code: 'json_validate_failed' })),
  schema('grammar', 500, { error: { message: 'failed to parse grammar' } }),
  schema('without-words', 422, { detail: 'Unprocessable' }),
];
