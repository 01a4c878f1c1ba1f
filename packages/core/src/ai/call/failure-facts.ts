import { providerWords } from './provider-words.ts';
import type { ResponseHeaders } from './retry-after.ts';

/** What can be read from anything a provider's library throws or streams as an error. */
export interface FailureFacts {
  /** The HTTP status, where there was a response. */
  readonly status: number | undefined;
  /** The response headers. */
  readonly headers: ResponseHeaders | undefined;
  /** The provider's own words. */
  readonly message: string;
  /** The message, types, codes and body in one text, lower case, for recognition. */
  readonly haystack: string;
  /** The body as it came. */
  readonly body: string;
  /** System error codes along the chain of causes: `ECONNREFUSED`, … */
  readonly systemCodes: readonly string[];
  /** The class names along the chain of causes. */
  readonly names: readonly string[];
}

// What went wrong is said at the beginning; a server may send a body of any size.
const mostHaystack = 64_000;

type Bag = Readonly<Record<string, unknown>>;

/** Reads the facts of a failure, by shape: no provider library is needed for it. */
export function failureFacts(error: unknown): FailureFacts {
  const chain = causes(error);
  const status = chain.map((link) => link['statusCode']).find((code): code is number => typeof code === 'number');
  const headers = chain
    .map((link) => link['responseHeaders'])
    .find((value): value is ResponseHeaders => typeof value === 'object' && value !== null);
  const body =
    chain.map((link) => link['responseBody']).find((value): value is string => typeof value === 'string') ?? '';
  const texts = chain.flatMap((link) =>
    ['message', 'type', 'code', 'reason', 'status']
      .map((name) => link[name])
      .filter((value) => typeof value === 'string'),
  );
  const said = providerWords(body);
  const message =
    texts.length > 0
      ? (chain
          .map((link) => link['message'])
          .find((value): value is string => typeof value === 'string' && value !== '') ?? '')
      : String(error);
  return {
    status,
    headers,
    // A library's message is often no more than the status in words.
    message: said === '' ? message : said,
    body,
    haystack: [...texts, said, body.slice(0, mostHaystack)].join('\n').slice(0, mostHaystack).toLowerCase(),
    systemCodes: chain
      .map((link) => link['code'])
      .filter(
        (code): code is string =>
          typeof code === 'string' &&
          /^(E[A-Z_]{3,}|UND_ERR_\w+|(UNABLE|CERT|DEPTH_ZERO|SELF_SIGNED|ERR_TLS|ERR_SSL)_\w+)$/.test(code),
      ),
    names: chain.map((link) => link['name']).filter((name): name is string => typeof name === 'string'),
  };
}

// Errors nest: as `cause`, and in streams as `error` or `response.error`.
function causes(error: unknown): readonly Bag[] {
  const chain: Bag[] = [];
  let level: unknown[] = [error];
  while (level.length > 0 && chain.length < 20) {
    const bags = level.filter(
      (one): one is Bag => typeof one === 'object' && one !== null && !chain.includes(one as Bag),
    );
    chain.push(...bags);
    level = bags.flatMap((bag) => [
      bag['cause'],
      bag['error'],
      bag['response'],
      ...(Array.isArray(bag['errors']) ? bag['errors'].slice(0, 3) : []),
    ]);
  }
  if (typeof error === 'string') return [{ message: error }];
  return chain;
}
