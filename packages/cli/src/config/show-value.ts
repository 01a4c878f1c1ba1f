import { shownAddress } from './address.ts';
import { settingSpecs, type ProviderSetting, type SettingKey, type Settings } from './settings.ts';
import { writeDuration, writeSize } from './units.ts';

const hidden = '(set, hidden)';

/** A value as the configuration file writes it; secrets are hidden. */
export function showValue(key: SettingKey, value: unknown): string {
  const shown = jsonValue(key, value);
  return typeof shown === 'string' ? shown : JSON.stringify(shown);
}

/** A value for JSON: durations and sizes as the file writes them, secrets hidden. */
export function jsonValue(key: SettingKey, value: unknown): unknown {
  const { kind, secret } = settingSpecs[key];
  if (kind === 'providers') return shownProviders(value as Settings['ai.providers']);
  if (secret === true) return redact(value);
  if (kind === 'address' && typeof value === 'string') return shownAddress(value);
  if (kind === 'duration') return writeDuration(Number(value));
  return kind === 'size' ? writeSize(Number(value)) : value;
}

/** Hides a secret; of an address only the password and the query are some. */
function redact(value: unknown): string {
  if (typeof value !== 'string' || value === '') return '';
  try {
    const url = new URL(value);
    if (url.password !== '') url.password = 'redacted';
    if (url.search !== '') url.search = 'redacted';
    return url.href;
  } catch {
    return hidden;
  }
}

function shownProviders(providers: Settings['ai.providers']): unknown {
  return Object.fromEntries(Object.entries(providers).map(([name, provider]) => [name, shownProvider(provider)]));
}

function shownProvider({ base_url, api_key, headers, query, extra_body, ...rest }: ProviderSetting): unknown {
  return {
    ...rest,
    ...(base_url === undefined ? {} : { base_url: shownAddress(base_url) }),
    ...(api_key === undefined ? {} : { api_key: reference(api_key) }),
    ...(headers === undefined ? {} : { headers: references(headers) }),
    ...(query === undefined ? {} : { query: references(query) }),
    ...(extra_body === undefined ? {} : { extra_body: withoutSecrets(extra_body) }),
  };
}

// Any header and any parameter may be a key; a reference to a variable tells nothing of it.
function references(texts: Readonly<Record<string, string>>): unknown {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, reference(text)]));
}

function reference(text: string): string {
  return text === '' || /^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/.test(text) ? text : hidden;
}

function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      typeof member === 'string' && /(key|token|secret|password|auth|authorization|credentials?)$/i.test(name)
        ? hidden
        : withoutSecrets(member),
    ]),
  );
}
