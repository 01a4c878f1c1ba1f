import { OrcError } from '../../errors.ts';
import type { Environment } from '../model-config.ts';

/** The proxies that an environment names; empty texts where it names none. */
export interface Proxies {
  /** The proxy of requests over http. */
  readonly http: string;
  /** The proxy of requests over https. */
  readonly https: string;
  /** The hosts that are reached without one, as `NO_PROXY` lists them. */
  readonly none: string;
  /** Passwords in their addresses. */
  readonly secrets: readonly string[];
}

/**
 * Reads `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`, where lower case counts first. Without `HTTPS_PROXY` the proxy of
 * http serves https too.
 *
 * @throws `ERR_ORC_OPTION` for what is no http or https address.
 */
export function proxiesOf(env: Environment): Proxies {
  const http = proxyOf('HTTP_PROXY', env);
  const https = proxyOf('HTTPS_PROXY', env) ?? http;
  const passwords = [http, https].map((url) => url?.password ?? '').filter((password) => password !== '');
  return {
    http: http?.href ?? '',
    https: https?.href ?? '',
    none: valueOf('NO_PROXY', env),
    secrets: passwords.flatMap((password) => [password, decoded(password)]),
  };
}

function proxyOf(name: string, env: Environment): URL | undefined {
  const value = valueOf(name, env);
  if (value === '') return undefined;
  // Many write a proxy as host and port alone.
  const address = value.includes('://') ? value : `http://${value}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url !== undefined && (url.protocol === 'http:' || url.protocol === 'https:')) return url;
  throw new OrcError('ERR_ORC_OPTION', `Expected \`${name}\` to be the http or https address of a proxy`, {
    hint: 'For example `http://proxy.example:3128`.',
  });
}

function valueOf(name: string, env: Environment): string {
  const lower = (env[name.toLowerCase()] ?? '').trim();
  return lower === '' ? (env[name] ?? '').trim() : lower;
}

function decoded(password: string): string {
  try {
    return decodeURIComponent(password);
  } catch {
    return password;
  }
}
