import type { ModelRequest, ModelUsage } from './model-client.ts';

// What a call writes when nobody bounds it; only a guess, corrected by the reply.
const assumedOutputTokens = 1000;

/** Tokens of a text, estimated: about four characters of English make one; scripts without spaces need about one each. */
export function estimateTokens(text: string): number {
  let wide = 0;
  for (const character of text) if ((character.codePointAt(0) as number) > 0x2e7f) wide += 1;
  return Math.ceil((text.length - wide) / 4) + wide;
}

/** Input tokens of a request, estimated. */
export function estimateInputTokens(request: ModelRequest): number {
  const schema = request.schema === undefined ? '' : JSON.stringify(request.schema);
  return estimateTokens(request.system ?? '') + estimateTokens(request.prompt) + estimateTokens(schema);
}

/** The most that a request is expected to use, before it is made. */
export function estimateUsage(request: ModelRequest): ModelUsage {
  return {
    inputTokens: estimateInputTokens(request),
    cachedInputTokens: 0,
    outputTokens: request.maxOutputTokens ?? assumedOutputTokens,
  };
}

/** The usage of a call whose provider told none, from its texts. */
export function usageFromTexts(request: ModelRequest, text: string): ModelUsage {
  return { inputTokens: estimateInputTokens(request), cachedInputTokens: 0, outputTokens: estimateTokens(text) };
}

/** No tokens. */
export const noUsage: ModelUsage = Object.freeze({ inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 });

/** The sum of two usages. */
export function addUsage(a: ModelUsage, b: ModelUsage | undefined): ModelUsage {
  if (b === undefined) return a;
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    cachedInputTokens: a.cachedInputTokens + b.cachedInputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
  };
}
