import { z } from 'zod';

/** Tokens as a server counts them. */
export interface ChatUsage {
  readonly prompt_tokens?: number | null | undefined;
  readonly completion_tokens?: number | null | undefined;
  readonly total_tokens?: number | null | undefined;
  readonly prompt_tokens_details?: { readonly cached_tokens?: number | null | undefined } | null | undefined;
  readonly completion_tokens_details?: { readonly reasoning_tokens?: number | null | undefined } | null | undefined;
}

/** A part of a message's content. */
export interface ChatPart {
  readonly type?: string | null | undefined;
  readonly text?: string | null | undefined;
  readonly thinking?: unknown;
}

/** What a choice says. */
export interface ChatMessage {
  readonly content?: string | readonly ChatPart[] | null | undefined;
  readonly refusal?: string | null | undefined;
  readonly reasoning_content?: string | null | undefined;
  readonly reasoning?: string | null | undefined;
  readonly tool_calls?:
    | readonly { readonly function?: { readonly arguments?: string | null | undefined } | null | undefined }[]
    | null
    | undefined;
}

/** A chunk of a stream, or a whole completion. */
export interface ChatChunk {
  readonly choices?:
    | readonly {
        readonly delta?: ChatMessage | null | undefined;
        readonly message?: ChatMessage | null | undefined;
        readonly text?: string | null | undefined;
        readonly finish_reason?: string | null | undefined;
      }[]
    | null
    | undefined;
  readonly usage?: ChatUsage | null | undefined;
  readonly x_groq?: { readonly usage?: ChatUsage | null | undefined } | null | undefined;
  readonly error?: unknown;
}

// Servers leave out, set to null, and put other types into nearly every member: what does not fit is as if it were not there.
const text: z.ZodType<string | null | undefined> = z.string().nullish().catch(undefined);
const count: z.ZodType<number | null | undefined> = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\d{1,15}$/)
      .transform(Number),
  ])
  .nullish()
  .catch(undefined);
const usage: z.ZodType<ChatUsage | null | undefined> = z
  .looseObject({
    prompt_tokens: count,
    completion_tokens: count,
    total_tokens: count,
    prompt_tokens_details: z.looseObject({ cached_tokens: count }).nullish().catch(undefined),
    completion_tokens_details: z.looseObject({ reasoning_tokens: count }).nullish().catch(undefined),
  })
  .nullish()
  .catch(undefined);
const part: z.ZodType<ChatPart> = z.looseObject({ type: text, text, thinking: z.unknown().optional() });
const toolCall = z.looseObject({ function: z.looseObject({ arguments: text }).nullish().catch(undefined) });
const message: z.ZodType<ChatMessage | null | undefined> = z
  .looseObject({
    content: z
      .union([z.string(), z.array(part)])
      .nullish()
      .catch(undefined),
    refusal: text,
    reasoning_content: text,
    reasoning: text,
    tool_calls: z.array(toolCall).nullish().catch(undefined),
  })
  .nullish()
  .catch(undefined);

/** A chunk of a stream of chat completions, or a whole completion, as servers really send it. */
export const chunkSchema: z.ZodType<ChatChunk> = z.looseObject({
  choices: z
    .array(z.looseObject({ delta: message, message, text, finish_reason: text }))
    .nullish()
    .catch(undefined),
  usage,
  x_groq: z.looseObject({ usage }).nullish().catch(undefined),
  error: z.unknown().optional(),
});
