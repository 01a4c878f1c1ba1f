import { ModelError } from '../model-error.ts';

/** The largest body of a response, in bytes: a whole reply in the smallest pieces that a provider sends, each in its envelope. */
const mostBytes = 256_000_000;

// Ahead of any line's end, nothing can be made of what came: a parser would hold all of it.
const longestLine = 32_000_000;

/** A `fetch` whose responses have an end: a body that goes on beyond it, or in one line without an end, breaks off with an error that no retry mends. */
export function boundedFetch(fetch: typeof globalThis.fetch, model: string): typeof globalThis.fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    if (response.body === null) return response;
    let total = 0;
    let line = 0;
    const bounded = response.body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform: (chunk, controller) => {
          total += chunk.length;
          const end = chunk.lastIndexOf(10);
          line = end === -1 ? line + chunk.length : chunk.length - end - 1;
          if (total > mostBytes) controller.error(tooLarge(model, mostBytes));
          else if (line > longestLine) controller.error(tooLarge(model, longestLine));
          else controller.enqueue(chunk);
        },
      }),
    );
    return new Response(bounded, {
      status: response.status,
      statusText: response.statusText,
      headers: response.headers,
    });
  };
}

function tooLarge(model: string, bytes: number): ModelError {
  return new ModelError('ERR_ORC_MODEL_OUTPUT', `Expected a response of ${model} of at most ${bytes} bytes, got more`, {
    retryable: false,
    hint: 'Check that the address is that of an API: no model writes as much in one reply.',
  });
}
