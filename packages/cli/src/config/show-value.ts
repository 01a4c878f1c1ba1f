import { shownAddress } from './address.ts';
import { settingSpecs, type SettingKey } from './settings.ts';
import { writeDuration, writeSize } from './units.ts';

/** A value as the configuration file writes it; secrets are hidden. */
export function showValue(key: SettingKey, value: unknown): string {
  const spec = settingSpecs[key];
  if (spec.secret === true) return redact(value);
  if (spec.kind === 'address') return shownAddress(String(value));
  if (spec.kind === 'duration') return writeDuration(Number(value));
  if (spec.kind === 'size') return writeSize(Number(value));
  if (typeof value === 'string') return value;
  return JSON.stringify(value);
}

/** A value for JSON: durations and sizes as the file writes them, secrets hidden. */
export function jsonValue(key: SettingKey, value: unknown): unknown {
  const { kind, secret } = settingSpecs[key];
  const written = secret === true || kind === 'address' || kind === 'duration' || kind === 'size';
  return written ? showValue(key, value) : value;
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
    return '(set, hidden)';
  }
}
