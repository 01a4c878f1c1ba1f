/** What every request to a server carries beside what the protocol asks for. */
export interface RequestExtras {
  /** Parameters of the address. */
  readonly query: Readonly<Record<string, string>>;
  /** Headers. */
  readonly headers: Readonly<Record<string, string>>;
  /** Members of the body. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** Makes requests with a server's own parameters, headers and members of the body; without any, `fetch` itself. */
export function withExtras(
  fetch: typeof globalThis.fetch,
  { query, headers, body }: RequestExtras,
): typeof globalThis.fetch {
  const parameters = Object.entries(query);
  const fields = Object.entries(headers);
  const members = Object.keys(body).length > 0;
  if (parameters.length === 0 && fields.length === 0 && !members) return fetch;
  return (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    for (const [name, value] of parameters) url.searchParams.set(name, value);
    const sent = new Headers(init?.headers);
    for (const [name, value] of fields) sent.set(name, value);
    const text = init?.body;
    const merged = members && typeof text === 'string' ? mergedBody(text, body) : text;
    return fetch(url.href, { ...init, headers: sent, ...(merged === undefined ? {} : { body: merged }) });
  };
}

// The body is one that the provider's package has just written.
function mergedBody(text: string, members: Readonly<Record<string, unknown>>): string {
  const body: unknown = JSON.parse(text);
  return typeof body === 'object' && body !== null && !Array.isArray(body)
    ? JSON.stringify({ ...body, ...members })
    : text;
}
