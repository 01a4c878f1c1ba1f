import { z } from 'zod';

import { didYouMean } from '../args/suggest.ts';
import { addressExpectation } from './address.ts';
import { settingSpecs, type SettingKey, type SettingSpec } from './settings.ts';
import { parseDuration, parseSize } from './units.ts';

/** A value that was understood, or why not. */
export type ParsedValue =
  | { readonly ok: true; readonly value: unknown }
  | {
      readonly ok: false;
      readonly expected: string;
      readonly suggestion: string;
      readonly path: readonly PropertyKey[];
    };

const price = z.strictObject({
  input: z.number().min(0),
  cached_input: z.number().min(0).optional(),
  output: z.number().min(0),
});
const command = z.strictObject({ command: z.string().min(1), args: z.array(z.string()).optional() });
const texts = z.record(z.string(), z.string());
const provider = z.strictObject({
  api: z.enum(['openai', 'openai-chat', 'anthropic', 'google']).optional(),
  base_url: z
    .string()
    .regex(/^https?:\/\//)
    .optional(),
  api_key: z.string().optional(),
  headers: texts.optional(),
  query: texts.optional(),
  extra_body: z
    .record(z.string(), z.unknown())
    .refine((value) => z.json().safeParse(value).success)
    .optional(),
  max_concurrency: z.int().min(1).optional(),
});
const name = z.string().regex(/^[A-Za-z0-9._-]+$/);

/** The zod schema of a setting as it is written in the file. */
export function writtenSchema(spec: SettingSpec): z.ZodType {
  switch (spec.kind) {
    case 'boolean':
      return z.boolean();
    case 'integer':
      return bounded(z.int(), spec);
    case 'number':
      return bounded(z.number(), spec);
    case 'duration':
      return z.string().regex(/^(0|(\d+(\.\d+)?(ms|[smhdw]))+)$/i);
    case 'size':
      return z.union([z.string().regex(/^\d+(\.\d+)?\s*[kmgt]?i?b?$/i), z.int().min(spec.min ?? 0)]);
    case 'choice':
      return z.enum(spec.choices as [string, ...string[]]);
    case 'text':
    case 'path':
      return z.string();
    case 'address':
      // What a variable holds is checked when it is put in.
      return z.string().regex(new RegExp(`^$|\\$\\{|^(${(spec.schemes ?? []).join('|')})//`));
    case 'prices':
      return z.record(z.string(), price);
    case 'commands':
      return z.record(name, command);
    case 'providers':
      return z.record(name, provider);
  }
}

function bounded(schema: z.ZodNumber, spec: SettingSpec): z.ZodNumber {
  let result = schema;
  if (spec.min !== undefined) result = result.min(spec.min);
  if (spec.max !== undefined) result = result.max(spec.max);
  return result;
}

/** What a setting expects, in words. */
function expectation(spec: SettingSpec): string {
  const range =
    spec.min !== undefined && spec.max !== undefined
      ? ` from ${spec.min} to ${spec.max}`
      : spec.min !== undefined
        ? ` >= ${spec.min}`
        : '';
  switch (spec.kind) {
    case 'boolean':
      return '`true` or `false`';
    case 'integer':
      return `an integer${range}`;
    case 'number':
      return `a number${range}`;
    case 'duration':
      return 'a duration such as `30s`, `30m` or `7d`';
    case 'size':
      return 'a size such as `512KB`, `256MB` or `1GB`';
    case 'choice':
      return `one of ${(spec.choices ?? []).map((choice) => `\`${choice}\``).join(', ')}`;
    case 'text':
      return 'a text';
    case 'path':
      return 'a path';
    case 'address':
      return addressExpectation(spec.schemes ?? []);
    case 'prices':
      return 'a map from model to {input, cached_input, output} in US dollars for a million tokens';
    case 'commands':
      return 'a map from name to {command, args}';
    case 'providers':
      return 'a map from name to {api: openai, openai-chat, anthropic or google, base_url, api_key, headers, query, extra_body, max_concurrency}';
  }
}

/** Reads the value of a setting as YAML gives it. */
export function parseValue(key: SettingKey, raw: unknown): ParsedValue {
  const spec = settingSpecs[key];
  const result = writtenSchema(spec).safeParse(raw);
  if (!result.success) {
    return {
      ok: false,
      expected: expectation(spec),
      suggestion: suggestion(spec, raw),
      path: result.error.issues[0]?.path ?? [],
    };
  }
  if (spec.kind === 'duration') return understood(parseDuration(String(raw)), spec);
  if (spec.kind === 'size') return understood(typeof raw === 'number' ? raw : parseSize(String(raw)), spec);
  return { ok: true, value: result.data };
}

/** Reads the value of a setting from a text: a flag, an environment variable, `config set`. */
export function parseText(key: SettingKey, text: string): ParsedValue {
  const { kind } = settingSpecs[key];
  if (kind === 'boolean') {
    const word = text.trim().toLowerCase();
    if (['1', 't', 'true', 'yes', 'on'].includes(word)) return { ok: true, value: true };
    if (['0', 'f', 'false', 'no', 'off'].includes(word)) return { ok: true, value: false };
    return parseValue(key, text);
  }
  if (kind === 'integer' || kind === 'number') return parseValue(key, text.trim() === '' ? text : Number(text));
  if (kind === 'prices' || kind === 'commands' || kind === 'providers') {
    try {
      return parseValue(key, JSON.parse(text));
    } catch {
      return parseValue(key, text);
    }
  }
  return parseValue(key, text);
}

function understood(value: number | undefined, spec: SettingSpec): ParsedValue {
  if (value === undefined || value < (spec.min ?? 0))
    return { ok: false, expected: expectation(spec), suggestion: '', path: [] };
  return { ok: true, value };
}

function suggestion(spec: SettingSpec, raw: unknown): string {
  if (spec.kind === 'duration' && typeof raw === 'number') return `did you mean \`${raw}s\`?`;
  if (spec.kind === 'choice' && typeof raw === 'string') return didYouMean(raw, spec.choices ?? []);
  if (spec.kind === 'address' && typeof raw === 'string' && /^[\w.-]+(:\d+)?(\/|$)/.test(raw))
    return `did you mean \`${spec.schemes?.[0] ?? ''}//${raw}\`?`;
  if (spec.kind === 'boolean' && typeof raw === 'string') return didYouMean(raw, ['true', 'false']);
  if (
    (spec.kind === 'integer' || spec.kind === 'number') &&
    typeof raw === 'string' &&
    raw.trim() !== '' &&
    Number.isFinite(Number(raw))
  ) {
    return `did you mean ${Number(raw)} without quotes?`;
  }
  return '';
}
