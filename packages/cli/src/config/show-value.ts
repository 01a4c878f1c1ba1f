import { settingSpecs, type SettingKey } from './settings.ts';
import { writeDuration, writeSize } from './units.ts';

/** A value as the configuration file writes it; secrets are hidden. */
export function showValue(key: SettingKey, value: unknown): string {
  const spec = settingSpecs[key];
  if (spec.secret === true) return redact(value);
  if (spec.kind === 'duration') return writeDuration(Number(value));
  if (spec.kind === 'size') return writeSize(Number(value));
  if (typeof value === 'string') return value;
  return JSON.stringify(value);
}

/** A value for JSON: durations and sizes as the file writes them, secrets hidden. */
export function jsonValue(key: SettingKey, value: unknown): unknown {
  const spec = settingSpecs[key];
  return spec.secret === true || spec.kind === 'duration' || spec.kind === 'size' ? showValue(key, value) : value;
}

/** Hides a secret; of an address only the password is one. */
function redact(value: unknown): string {
  if (typeof value !== 'string' || value === '') return '';
  try {
    const url = new URL(value);
    if (url.password !== '') url.password = 'redacted';
    return url.href;
  } catch {
    return '(set, hidden)';
  }
}
