import type { ModelRequest, ModelUsage } from '../model-client.ts';
import { ModelError } from '../model-error.ts';
import { estimateInputTokens } from '../token-estimate.ts';

// Below this an estimate is too rough to judge by, and below that a count is none: some servers write a constant.
const leastEstimate = 3000;
const leastCount = 256;

// No tokenizer needs so few tokens for a text, not even for one of spaces or of Chinese.
const leastShare = 0.4;

// A context window is a power of two, and a cut prompt fills it: then less is missing to be sure.
const sureShare = 0.9;

/**
 * The error of a reply to a prompt that the server cut: it counted less than 40 % of the estimate, or a power of two
 * below 90 % of it. `undefined` where the count may be right.
 */
export function cutPrompt(request: ModelRequest, usage: ModelUsage, model: string): ModelError | undefined {
  const estimate = estimateInputTokens(request);
  const { inputTokens: counted, cachedInputTokens } = usage;
  if (estimate <= leastEstimate || counted < leastCount || cachedInputTokens > 0) return undefined;
  const share = isPowerOfTwo(counted) ? sureShare : leastShare;
  if (counted >= estimate * share) return undefined;
  return new ModelError(
    'ERR_ORC_MODEL_CONTEXT',
    `${model} read only ${counted} of about ${estimate} tokens: its server cuts what is longer than its context`,
    {
      retryable: false,
      usage,
      hint: 'Raise the context length where the server is started (Ollama: `OLLAMA_CONTEXT_LENGTH=32768 ollama serve`; LM Studio: when the model is loaded; llama.cpp: `--ctx-size`), or give it less at once.',
    },
  );
}

function isPowerOfTwo(count: number): boolean {
  return Number.isInteger(Math.log2(count));
}
