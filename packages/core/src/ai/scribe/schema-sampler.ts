import type { JsonSchema } from '../model-client.ts';
import { valuesFor } from './field-lexicon.ts';
import { pick } from './random.ts';
import { listOf, recordOf } from './sections.ts';

/** What a sample is drawn from. */
export interface SampleSource {
  /** Random numbers. */
  readonly random: () => number;
  /** Words of the prompt that a text may take up. */
  readonly keywords: readonly string[];
  /** Sentences of the prompt's own facts; texts are made of these before anything else. */
  readonly facts: readonly string[];
}

interface Place {
  readonly field: string;
  readonly index: number;
  readonly depth: number;
}

type Schema = Readonly<Record<string, unknown>>;

function resolve(schema: Schema, root: Schema): Schema {
  const reference = schema['$ref'];
  if (typeof reference !== 'string') return schema;
  let found: unknown = root;
  for (const step of reference
    .replace(/^#\/?/u, '')
    .split('/')
    .filter((part) => part !== '')) {
    found = recordOf(found)[step.replace(/~1/gu, '/').replace(/~0/gu, '~')];
  }
  return recordOf(found);
}

function numberIn(schema: Schema, whole: boolean, random: () => number): number {
  const step = typeof schema['multipleOf'] === 'number' ? schema['multipleOf'] : whole ? 1 : 0;
  let low = typeof schema['minimum'] === 'number' ? schema['minimum'] : undefined;
  let high = typeof schema['maximum'] === 'number' ? schema['maximum'] : undefined;
  const nudge = whole ? 1 : 1e-6;
  if (typeof schema['exclusiveMinimum'] === 'number')
    low = Math.max(low ?? -Infinity, schema['exclusiveMinimum'] + nudge);
  if (typeof schema['exclusiveMaximum'] === 'number')
    high = Math.min(high ?? Infinity, schema['exclusiveMaximum'] - nudge);
  const from = low ?? Math.min(1, high ?? 1);
  // Schema generators write the safe-integer limits where the author set none.
  const to = high === undefined || high > 1e12 ? Math.max(from, from + 9) : high;
  const start = from < -1e12 ? 1 : from;
  const value = start + random() * (to - start);
  if (step === 0) return Math.round(value * 100) / 100 >= start ? Math.min(to, Math.round(value * 100) / 100) : start;
  const first = Math.ceil(start / step) * step;
  const last = Math.floor(to / step) * step;
  // The sum turns -0, which JSON cannot carry, into 0.
  return Math.min(last, Math.max(first, Math.round(value / step) * step)) + 0;
}

function textFor(schema: Schema, place: Place, source: SampleSource): string {
  const format = schema['format'];
  if (format === 'date-time') return '2024-03-21T09:30:00Z';
  if (format === 'date') return '2024-03-21';
  if (format === 'time') return '09:30:00Z';
  if (format === 'email') return 'someone@example.com';
  if (format === 'uri' || format === 'url') return 'https://example.com/';
  if (format === 'uuid') return '00000000-0000-4000-8000-000000000000';
  const values = valuesFor(place.field);
  const prose =
    values.some((value) => /[.?]$/u.test(value)) ||
    (typeof schema['minLength'] === 'number' && schema['minLength'] > 30);
  let text: string;
  if (prose && source.facts.length > 0)
    text = source.facts[
      (place.index + Math.floor(source.random() * source.facts.length)) % source.facts.length
    ] as string;
  else if (/^(?:topic|subject|keyword|keywords|tag|tags)$/iu.test(place.field) && source.keywords.length > 0)
    text = source.keywords[place.index % source.keywords.length] as string;
  else text = values[(place.index + Math.floor(source.random() * values.length)) % values.length] as string;
  if (/^(?:title|heading|headline)$/iu.test(place.field) && source.keywords.length > 0)
    text = `${text}: ${source.keywords.slice(0, 3).join(' ')}`;
  const least = typeof schema['minLength'] === 'number' ? schema['minLength'] : 0;
  const most = typeof schema['maxLength'] === 'number' ? schema['maxLength'] : Infinity;
  while (text.length < least) text += ` ${pick(values, source.random)}`;
  return text.length > most ? text.slice(0, most) : text;
}

/** Makes a value that satisfies a JSON Schema, with texts that suit the names of its fields. */
export function sampleSchema(schema: JsonSchema, source: SampleSource): unknown {
  return sample(schema, { field: 'text', index: 0, depth: 0 }, source, schema);
}

function sample(given: Schema, place: Place, source: SampleSource, root: Schema): unknown {
  const schema = resolve(given, root);
  if ('const' in schema) return schema['const'];
  const choices = listOf(schema['enum']);
  if (choices.length > 0) return pick(choices, source.random);
  for (const key of ['anyOf', 'oneOf'] as const) {
    const branches = listOf(schema[key]).map(recordOf);
    // Deep inside a recursive schema the simplest branch ends it.
    const simple = branches.filter(
      (branch) => !('$ref' in branch) && branch['type'] !== 'object' && branch['type'] !== 'array',
    );
    if (branches.length > 0)
      return sample(
        place.depth > 5 && simple.length > 0
          ? (simple[0] as Schema)
          : (branches.find((branch) => branch['type'] !== 'null') ?? (branches[0] as Schema)),
        place,
        source,
        root,
      );
  }
  const parts = listOf(schema['allOf']).map((part) => resolve(recordOf(part), root));
  if (parts.length > 0) {
    const merged = parts.reduce<Schema>(
      (all, part) => ({
        ...all,
        ...part,
        properties: { ...recordOf(all['properties']), ...recordOf(part['properties']) },
        required: [...listOf(all['required']), ...listOf(part['required'])],
      }),
      { ...schema, allOf: [] },
    );
    return sample(merged, place, source, root);
  }
  const type = Array.isArray(schema['type'])
    ? (schema['type'] as unknown[]).find((name) => name !== 'null')
    : schema['type'];
  switch (
    type ??
    (schema['properties'] === undefined ? (schema['items'] === undefined ? 'string' : 'array') : 'object')
  ) {
    case 'object': {
      const required = new Set(listOf(schema['required']));
      const entries = Object.entries(recordOf(schema['properties'])).filter(
        ([name]) => required.has(name) || place.depth < 4,
      );
      return Object.fromEntries(
        entries.map(([name, value]) => [
          name,
          sample(recordOf(value), { field: name, index: place.index, depth: place.depth + 1 }, source, root),
        ]),
      );
    }
    case 'array': {
      const least = typeof schema['minItems'] === 'number' ? schema['minItems'] : place.depth > 5 ? 0 : 3;
      const most = typeof schema['maxItems'] === 'number' ? schema['maxItems'] : Math.max(least, 3);
      const prefix = listOf(schema['prefixItems']).map(recordOf);
      const length = Math.max(prefix.length, Math.min(least === 0 ? 0 : Math.max(least, 3), most));
      return Array.from({ length }, (_, index) =>
        sample(
          prefix[index] ?? recordOf(schema['items']),
          { field: place.field, index, depth: place.depth + 1 },
          source,
          root,
        ),
      );
    }
    case 'integer':
      return numberIn(schema, true, source.random);
    case 'number':
      return /score|confidence|probability|rating/iu.test(place.field) && schema['maximum'] === 1
        ? 0.86
        : numberIn(schema, false, source.random);
    case 'boolean':
      return /^(?:ok|pass|passed|valid|done|supported|success)/iu.test(place.field) ? true : source.random() < 0.5;
    case 'null':
      return null;
    default:
      return textFor(schema, place, source);
  }
}
