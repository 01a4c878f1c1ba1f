import type { JsonSchema } from '../model-client.ts';

type Bag = Readonly<Record<string, unknown>>;

/** A value that was brought into the form of its schema, and by what. */
export interface Coerced {
  readonly value: unknown;
  /** What was done, in words: `score: a number in quotes`. */
  readonly changes: readonly string[];
}

/**
 * The forms in which a value may satisfy its schema without any of it being altered, the likeliest first: as it is but for
 * its dress (numbers in quotes, `null` for what may be absent, members that the schema does not know, a list in one text,
 * more items than allowed), and each of these for what stands in a wrapping (`{reply: …}`, `[…]`, a text of JSON).
 * The caller checks each against the schema; a value that satisfies it is its own first form.
 */
export function forms(value: unknown, schema: JsonSchema): readonly Coerced[] {
  const unwrapped = [{ value, changes: [] as readonly string[] }, ...unwrap(value)];
  return unwrapped.map(({ value: inner, changes }) => {
    const told: string[] = [...changes];
    const fitted = fit(inner, schema, { root: schema, path: '', told, depth: 0 });
    return { value: fitted, changes: told };
  });
}

function unwrap(value: unknown): readonly Coerced[] {
  if (typeof value === 'string') {
    const inner = parsed(value);
    return inner === undefined ? [] : [{ value: inner, changes: ['a value in quotes'] }];
  }
  if (Array.isArray(value) && value.length === 1)
    return [{ value: (value as readonly unknown[])[0], changes: ['a list around the value'] }];
  if (!isBag(value)) return [];
  const names = Object.keys(value);
  // A model that was shown a schema may answer in the schema's own form.
  const wrapper = names.length === 1 ? names[0] : names.includes('properties') ? 'properties' : undefined;
  if (wrapper === undefined) return [];
  return [{ value: value[wrapper], changes: [`a wrapping \`${wrapper}\``] }];
}

interface Place {
  readonly root: JsonSchema;
  readonly path: string;
  readonly told: string[];
  readonly depth: number;
}

function fit(value: unknown, given: unknown, place: Place): unknown {
  const schema = resolved(given, place.root);
  if (schema === undefined || place.depth > 40) return value;
  const type = schema['type'];
  if (typeof value === 'string') return fitText(value, type, schema, place);
  if (Array.isArray(value))
    return type === 'array' || schema['items'] !== undefined ? fitList(value, schema, place) : value;
  return isBag(value) ? fitObject(value, schema, place) : value;
}

function fitText(text: string, type: unknown, schema: Bag, place: Place): unknown {
  const trimmed = text.trim();
  const tell = <T>(value: T, what: string): T => {
    place.told.push(`${place.path === '' ? 'the value' : place.path}: ${what}`);
    return value;
  };
  if ((type === 'number' || type === 'integer') && /^-?\d{1,15}(\.\d{1,15})?$/.test(trimmed))
    return tell(Number(trimmed), 'a number in quotes');
  if (type === 'boolean' && /^(true|false)$/i.test(trimmed))
    return tell(trimmed.toLowerCase() === 'true', 'a boolean in quotes');
  if (type === 'object' || type === 'array') {
    const inner = parsed(trimmed);
    if (inner !== undefined && typeof inner === 'object')
      return fit(tell(inner, 'a value in quotes'), schema, deeper(place));
  }
  if (type === 'array' && resolved(schema['items'], place.root)?.['type'] === 'string' && trimmed !== '') {
    const items = trimmed
      .split(trimmed.includes('\n') ? '\n' : ',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
    return tell(items, 'a list in one text');
  }
  return text;
}

function fitList(list: readonly unknown[], schema: Bag, place: Place): unknown {
  const fitted = list.map((item, index) => fit(item, schema['items'], deeper(place, `[${index}]`)));
  const most = schema['maxItems'];
  if (typeof most !== 'number' || fitted.length <= most) return same(list, fitted) ? list : fitted;
  place.told.push(`${place.path}: ${fitted.length - most} items more than asked for`);
  return fitted.slice(0, most);
}

function fitObject(value: Bag, schema: Bag, place: Place): unknown {
  const properties = isBag(schema['properties']) ? schema['properties'] : undefined;
  if (properties === undefined) return value;
  const required = Array.isArray(schema['required']) ? (schema['required'] as readonly unknown[]) : [];
  const closed = schema['additionalProperties'] === false;
  const entries = Object.entries(value).flatMap(([name, member]): readonly (readonly [string, unknown])[] => {
    const path = place.path === '' ? name : `${place.path}.${name}`;
    const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (known === undefined) {
      if (!closed) return [[name, member]];
      place.told.push(`${path}: not asked for`);
      return [];
    }
    if (member === null && !required.includes(name) && !takesNull(known)) {
      place.told.push(`${path}: null`);
      return [];
    }
    return [[name, fit(member, known, { ...deeper(place), path })]];
  });
  return entries.length === Object.keys(value).length && entries.every(([name, member]) => member === value[name])
    ? value
    : Object.fromEntries(entries);
}

// A reference into the schema itself, or the one branch beside `null`.
function resolved(given: unknown, root: JsonSchema): Bag | undefined {
  if (!isBag(given)) return undefined;
  const reference = given['$ref'];
  if (typeof reference === 'string') {
    const target = reference
      .replace(/^#\/?/, '')
      .split('/')
      .filter((name) => name !== '')
      .reduce<unknown>((at, name) => (isBag(at) && Object.hasOwn(at, name) ? at[name] : undefined), root);
    return isBag(target) && target['$ref'] === undefined ? target : undefined;
  }
  const branches = given['anyOf'] ?? given['oneOf'];
  if (!Array.isArray(branches)) return given;
  const values = (branches as readonly unknown[]).filter((branch) => !(isBag(branch) && branch['type'] === 'null'));
  return values.length === 1 ? resolved(values[0], root) : undefined;
}

function takesNull(schema: unknown): boolean {
  if (!isBag(schema)) return true;
  const {
    type,
    anyOf,
    oneOf,
    enum: values,
  } = schema as {
    readonly type?: unknown;
    readonly anyOf?: unknown;
    readonly oneOf?: unknown;
    readonly enum?: unknown;
  };
  const branches = anyOf ?? oneOf;
  if (Array.isArray(branches)) return branches.some((branch) => takesNull(branch));
  if (Array.isArray(values)) return values.includes(null);
  if (Array.isArray(type)) return type.includes('null');
  return type === undefined ? schema['$ref'] === undefined : type === 'null';
}

function deeper(place: Place, suffix = ''): Place {
  return { ...place, path: place.path + suffix, depth: place.depth + 1 };
}

function same(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

function isBag(value: unknown): value is Bag {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
