/** Told of a request that is under way. */
export interface RequestWatch {
  /** The server has begun to answer, or bytes of its answer came: a keep-alive, a thought, text. */
  readonly alive: () => void;
}

/** The header by which a request finds its watch; it never leaves the process. */
const watchHeader = 'x-orc-call';

/** The watches of the requests that are under way, by the id that stands in their headers. */
export class RequestWatches {
  readonly #watches = new Map<string, RequestWatch>();
  #last = 0;

  /** Watches the requests of one call: its headers, and how to end the watch. */
  add(watch: RequestWatch): { readonly headers: Readonly<Record<string, string>>; readonly remove: () => void } {
    this.#last += 1;
    const id = String(this.#last);
    this.#watches.set(id, watch);
    return { headers: { [watchHeader]: id }, remove: () => this.#watches.delete(id) };
  }

  /** Requests that tell their watch of every byte. */
  fetch(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
    return async (input, init) => {
      const headers = new Headers(init?.headers);
      const watch = this.#watches.get(headers.get(watchHeader) ?? '');
      headers.delete(watchHeader);
      const response = await fetch(input, { ...init, headers });
      if (watch === undefined || response.body === null) return response;
      watch.alive();
      const { status, statusText } = response;
      const tap = new TransformStream<Uint8Array, Uint8Array>({
        transform: (bytes, controller) => {
          watch.alive();
          controller.enqueue(bytes);
        },
      });
      return new Response(response.body.pipeThrough(tap), { status, statusText, headers: response.headers });
    };
  }
}
