import { OrcError, shown } from '../../errors.ts';
import { redactSecrets } from '../redact-secrets.ts';

/** The address of an API in its parts. */
export interface Address {
  /** Scheme, host and path, without a slash at the end: what may be shown. */
  readonly baseUrl: string;
  /** The parameters that stood behind it. */
  readonly query: Readonly<Record<string, string>>;
}

/**
 * Reads the address of an API. A query is taken off it, as paths are appended to an address.
 * @throws `ERR_ORC_OPTION` for what is no http or https address, or one with user and password.
 */
export function parseAddress(value: string | undefined, name: string): Address | undefined {
  if (value === undefined || value === '') return undefined;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw invalid(name, `an http or https address, got ${shown(addressOf(value))}`);
  if (url.username !== '' || url.password !== '') throw invalid(name, 'an address without user and password');
  return { baseUrl: withoutSlash(addressOf(value)), query: Object.fromEntries(url.searchParams) };
}

/** What may be shown of an address: without user, password, query and fragment, which may hold keys. */
export function addressOf(value: string): string {
  const end = value.search(/[?#]/);
  return redactSecrets(end < 0 ? value : value.slice(0, end)).replace(/\/\/[^/]*@/, '//[redacted]@');
}

/** Whether an address is on a provider's own host, or on a host below it: `eu.api.openai.com`. */
export function sameHost(baseUrl: string, own: string): boolean {
  const [host, ownHost] = [new URL(baseUrl), new URL(own)];
  return (
    host.protocol === ownHost.protocol &&
    host.port === ownHost.port &&
    (host.hostname === ownHost.hostname || host.hostname.endsWith(`.${ownHost.hostname}`))
  );
}

/** Whether an address is on this machine. */
export function isLoopback(baseUrl: string): boolean {
  const { hostname } = new URL(baseUrl);
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}

/** Whether an address is on this machine or in its own network, where model servers answer one call after the other. */
export function isNearby(baseUrl: string): boolean {
  const { hostname } = new URL(baseUrl);
  return (
    isLoopback(baseUrl) ||
    /\.(local|lan|internal|home\.arpa)$/.test(hostname) ||
    /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|\[f[cd])/.test(hostname)
  );
}

function withoutSlash(url: string): string {
  let end = url.length;
  while (end > 0 && url[end - 1] === '/') end -= 1;
  return url.slice(0, end);
}

function invalid(name: string, what: string): OrcError {
  return new OrcError('ERR_ORC_OPTION', `Expected \`${name}\` to be ${what}`, {
    hint: 'For example `http://localhost:8000/v1`.',
  });
}
