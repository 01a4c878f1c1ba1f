import type { Environment } from '../model-config.ts';
import type { KnownProvider } from '../providers/known-providers.ts';
import { parseAddress, type Address } from './address.ts';

/**
 * The address of a provider's API in its variable, read as the provider's own client reads it: Anthropic's and
 * Google's mean the root of a server, Ollama's a host and a port.
 *
 * @throws `ERR_ORC_OPTION` for what is no address.
 */
export function environmentAddress(known: KnownProvider, env: Environment): Address | undefined {
  const { baseUrlVariable, rootPath, name } = known;
  if (baseUrlVariable === undefined) return undefined;
  const value = (env[baseUrlVariable] ?? '').trim();
  if (value === '') return undefined;
  const address = parseAddress(name === 'ollama' ? ollamaAddress(value) : value, baseUrlVariable);
  // Other clients read the same variable with the version in it.
  if (address === undefined || rootPath === undefined || /\/v\d[a-z0-9]*$/.test(address.baseUrl)) return address;
  return { ...address, baseUrl: address.baseUrl + rootPath };
}

// `host`, `host:port`, `:port`, an IPv6 address with or without brackets; the port of the scheme, where there is one.
function ollamaAddress(value: string): string {
  const text = value.replaceAll(/^["']|["']$/g, '');
  const scheme = /^([a-z]+):\/\//i.exec(text)?.[1];
  const rest = scheme === undefined ? text : text.slice(scheme.length + 3);
  const slash = rest.indexOf('/');
  const authority = slash < 0 ? rest : rest.slice(0, slash);
  const path = slash < 0 ? '' : rest.slice(slash);
  const isIpv6 = /^[0-9a-f]*:[0-9a-f]*:[0-9a-f:.]*$/i.test(authority);
  const [, host = '', port = scheme === undefined ? '11434' : undefined] = isIpv6
    ? ['', `[${authority}]`]
    : (/^(.*?)(?::(\d{1,5}))?$/.exec(authority) ?? []);
  return `${scheme ?? 'http'}://${reachable(host)}${port === undefined ? '' : `:${port}`}${path}`;
}

// Where a server listens on all addresses of this machine, this machine reaches it on its own.
function reachable(host: string): string {
  if (host === '' || host === '0.0.0.0') return '127.0.0.1';
  return host === '[::]' ? '[::1]' : host;
}
