import type * as undiciPackage from 'undici';

import { isLoopback } from '../endpoint/address.ts';
import { isMissing } from './import-peer.ts';
import type { Proxies } from './proxies.ts';

type Fetch = typeof globalThis.fetch;
type Undici = Pick<typeof undiciPackage, 'Agent' | 'EnvHttpProxyAgent' | 'fetch'>;

/** How requests are made where no `fetch` was passed in. */
export interface DefaultFetchOptions {
  /** The proxies; hosts of this machine are always reached without one. */
  readonly proxies: Proxies;
  /** The longest silence that the caller waits for, in milliseconds. */
  readonly silenceMs: number;
  /** Told what does not hold where `undici` is missing. */
  readonly onWarning: (message: string) => void;
  /**
   * How long the headers of a response may take, in milliseconds; 0 = any time, as the silence of a call is bounded elsewhere.
   * @defaultValue 0
   */
  readonly headersTimeoutMs?: number | undefined;
  /**
   * Loads the package.
   * @defaultValue `import('undici')`
   */
  readonly importUndici?: (() => Promise<Undici>) | undefined;
}

// A host that takes no connection by then is not there; what it does afterwards may take its time.
const connectTimeoutMs = 30_000;

/** After so long a silence the global `fetch` of Node ends a request by itself, in milliseconds. */
const globalSilenceMs = 300_000;

/**
 * Requests through `undici`, which is loaded with the first one: with the proxies that were passed in, and without a
 * time limit of its own for what comes after the connection. Where the package is missing, the global `fetch`.
 */
export function defaultFetch(options: DefaultFetchOptions): Fetch {
  let loading: Promise<Fetch> | undefined;
  return async (input, init) => {
    loading ??= load(options).catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return (await loading)(input, init);
  };
}

async function load({
  proxies,
  silenceMs,
  onWarning,
  headersTimeoutMs = 0,
  importUndici = () => import('undici'),
}: DefaultFetchOptions): Promise<Fetch> {
  let undici: Undici;
  try {
    undici = await importUndici();
  } catch (error) {
    if (!isMissing(error, 'undici')) throw error;
    if (proxies.http !== '' || proxies.https !== '')
      onWarning('HTTP_PROXY and HTTPS_PROXY have no effect without the package `undici`: `npm install undici@7`');
    if (silenceMs > globalSilenceMs)
      onWarning('a silence of more than 5 minutes ends a call without the package `undici`: `npm install undici@7`');
    return (input, init) => globalThis.fetch(input, init);
  }
  const { Agent, EnvHttpProxyAgent, fetch } = undici;
  const shared = { headersTimeout: headersTimeoutMs, bodyTimeout: 0, connect: { timeout: connectTimeoutMs } };
  const direct = new Agent(shared);
  // An empty text keeps the agent from reading the environment of the process.
  const proxied = new EnvHttpProxyAgent({
    ...shared,
    httpProxy: proxies.http,
    httpsProxy: proxies.https,
    noProxy: proxies.none,
    proxyTls: { timeout: connectTimeoutMs },
  });
  const own = fetch as unknown as (input: string, init: object) => Promise<Response>;
  return (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    return own(url, { ...init, dispatcher: isLoopback(url) ? direct : proxied });
  };
}
