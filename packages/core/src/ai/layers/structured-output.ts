import type { CallContext, ModelCall, ModelLayer } from '../call/model-call.ts';
import type { JsonSchema, ModelReply, ModelRequest, ModelUsage } from '../model-client.ts';
import { ModelError, isModelError, withUsage } from '../model-error.ts';
import type { ModelListener } from '../model-event.ts';
import { readJsonReply } from '../reply/read-json.ts';
import { addUsage } from '../token-estimate.ts';

/** How structured replies are asked for. */
export interface StructuredOptions {
  /** The model, for messages. */
  readonly model: string;
  /** Whether the provider takes the schema itself; otherwise it is written into the prompt. */
  readonly nativeSchema: boolean;
  /** The price of a usage. */
  readonly priceOf: (usage: ModelUsage) => number | null;
  /** Told when a reply is asked for once more. */
  readonly onEvent: ModelListener;
}

/** Parses and checks structured replies, and asks once more, with what was wrong, for one that does not satisfy its schema. */
export function withStructuredOutput({ model, nativeSchema, priceOf, onEvent }: StructuredOptions): ModelLayer {
  return (next: ModelCall): ModelCall => {
    let native = nativeSchema;
    const ask = async (request: ModelRequest, schema: JsonSchema, context: CallContext): Promise<ModelReply> => {
      if (!native) return next(withSchemaInPrompt(withoutSchema(request), schema), context);
      try {
        return await next(request, context);
      } catch (error) {
        if (!mayRefuseSchemas(error)) throw error;
        const reply = await next(withSchemaInPrompt(withoutSchema(request), schema), context);
        // Said once, remembered for all later calls of this client. A bad sample says nothing about the next one.
        if (native && !/json_validate_failed|failed_generation|wrote no JSON/.test(error.message)) {
          native = false;
          onEvent({
            type: 'model-warning',
            model,
            message: 'does not take a JSON Schema; it is written into the prompt instead',
          });
        }
        return { ...reply, attempts: reply.attempts + (error.attempts ?? 1) };
      }
    };
    const told = ({ value, changes }: { readonly value: unknown; readonly changes: readonly string[] }): unknown => {
      if (changes.length > 0) onEvent({ type: 'model-coerce', model, changes });
      return value;
    };
    return async (request, context) => {
      const { schema } = request;
      if (schema === undefined) return next(request, context);
      const first = await ask(request, schema, context);
      // A reply that was cut or held back is not mended by asking again; the caller sees why it ended.
      if (first.finishReason !== 'stop') return first;
      const seen = await readJsonReply(first.text, schema);
      if (seen.problem === undefined) return { ...first, object: told(seen) };
      onEvent({ type: 'model-repair', model, problem: seen.problem });
      const second = await repair(
        next,
        withProblem(native ? request : withoutSchema(request), schema, first.text, seen.problem),
        context,
        first.usage,
      );
      const usage = addUsage(first.usage, second.usage);
      const whole: ModelReply = {
        ...second,
        usage,
        costUsd: priceOf(usage),
        attempts: first.attempts + second.attempts,
      };
      if (whole.finishReason !== 'stop') return whole;
      const again = await readJsonReply(whole.text, schema);
      if (again.problem === undefined) return { ...whole, object: told(again) };
      throw new ModelError(
        'ERR_ORC_MODEL_OUTPUT',
        `The reply of ${model} does not satisfy its schema, also after one repair: ${again.problem}`,
        {
          retryable: true,
          text: whole.text,
          usage,
          attempts: whole.attempts,
          hint: 'A larger model follows schemas better; a simpler schema is followed more often.',
        },
      );
    };
  };
}

// Any refusal of a call with a schema may be one of the schema: servers have too many words for it to know them all.
function mayRefuseSchemas(error: unknown): error is ModelError {
  if (!isModelError(error) || error.status === undefined || error.retryable === true) return false;
  const { status, code, named } = error;
  if (code === 'ERR_ORC_MODEL_REQUEST') return [400, 404, 405, 415, 422, 500, 501, 502, 503].includes(status);
  return code === 'ERR_ORC_MODEL_UNKNOWN' && named.includes('schema');
}

function withoutSchema(request: ModelRequest): ModelRequest {
  return { ...request, schema: undefined };
}

async function repair(
  next: ModelCall,
  request: ModelRequest,
  context: CallContext,
  spent: ModelUsage,
): Promise<ModelReply> {
  try {
    return await next(request, context);
  } catch (error) {
    if (isModelError(error) && !context.signal.aborted) throw withUsage(error, addUsage(spent, error.usage));
    throw error;
  }
}

// Behind what stays the same, so that a provider's prompt cache still finds the prefix.
function withSchemaInPrompt(request: ModelRequest, schema: JsonSchema): ModelRequest {
  return {
    ...request,
    prompt: `${request.prompt}\n\nReply with one JSON value that satisfies this JSON Schema, and with nothing else:\n${JSON.stringify(schema)}`,
  };
}

function withProblem(request: ModelRequest, schema: JsonSchema, text: string, problem: string): ModelRequest {
  const asked = withSchemaInPrompt(request, schema);
  return {
    ...asked,
    prompt: `${asked.prompt}\n\nYour last reply was not accepted: ${problem}\nIt was:\n${text.slice(0, 20_000)}\n\nReply again with the corrected JSON value alone.`,
  };
}
