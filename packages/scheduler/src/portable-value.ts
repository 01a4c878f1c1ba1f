/** JSON data that carries more than JSON: dates, big integers, maps, sets, bytes and `undefined` are tagged. */
export type PortableValue =
  | null
  | boolean
  | number
  | string
  | readonly PortableValue[]
  | { readonly [key: string]: PortableValue };

const tag = '@orc/type';
const deepest = 16;

/** Encodes as faithfully as JSON allows; what cannot be carried (functions, symbols, cycles) becomes a description of itself. */
export function encodeValue(value: unknown): PortableValue {
  return encode(value, []);
}

function encode(value: unknown, above: readonly object[]): PortableValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number')
    return Number.isFinite(value) && !Object.is(value, -0) ? value : tagged('number', numberText(value));
  if (value === undefined) return tagged('undefined', null);
  if (typeof value === 'bigint') return tagged('bigint', value.toString());
  if (typeof value === 'function') return `[function ${value.name}]`;
  if (typeof value === 'symbol') return value.toString();
  if (above.includes(value)) return '[circular]';
  if (above.length >= deepest) return '[too deep]';
  return encodeObject(value, [...above, value]);
}

function encodeObject(value: object, above: readonly object[]): PortableValue {
  if (Array.isArray(value)) return value.map((one) => encode(one, above));
  if (value instanceof Date) return tagged('date', Number.isNaN(value.getTime()) ? null : value.getTime());
  if (value instanceof URL) return value.href;
  if (value instanceof Map)
    return tagged(
      'map',
      [...value].map(([key, one]) => [encode(key, above), encode(one, above)]),
    );
  if (value instanceof Set)
    return tagged(
      'set',
      [...value].map((one) => encode(one, above)),
    );
  if (value instanceof Uint8Array)
    return tagged('bytes', Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64'));
  if (value instanceof Error)
    return tagged('error', encode(Object.assign({}, value, { name: value.name, message: value.message }), above));
  const out: Record<string, PortableValue> = {};
  for (const key of Object.keys(value)) {
    try {
      out[key] = encode((value as Record<string, unknown>)[key], above);
    } catch {
      out[key] = '[unreadable]';
    }
  }
  return out;
}

function numberText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

function tagged(type: string, value: PortableValue): PortableValue {
  return { [tag]: type, value };
}

/** Undoes {@link encodeValue}. */
export function decodeValue(value: PortableValue): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((one: PortableValue) => decodeValue(one));
  const record = value as Readonly<Record<string, PortableValue>>;
  const type = record[tag];
  if (typeof type === 'string') return decodeTagged(type, record['value'] ?? null);
  return Object.fromEntries(Object.entries(record).map(([key, one]) => [key, decodeValue(one)]));
}

function decodeTagged(type: string, value: PortableValue): unknown {
  switch (type) {
    case 'number':
      return Number(value);
    case 'bigint':
      return BigInt(value as string);
    case 'date':
      return new Date(value === null ? Number.NaN : (value as number));
    case 'map':
      return new Map(
        (value as readonly (readonly [PortableValue, PortableValue])[]).map(([key, one]) => [
          decodeValue(key),
          decodeValue(one),
        ]),
      );
    case 'set':
      return new Set((value as readonly PortableValue[]).map(decodeValue));
    case 'bytes':
      return new Uint8Array(Buffer.from(value as string, 'base64'));
    case 'error':
      return Object.assign(new Error((value as { message: string }).message), decodeValue(value));
    default:
      return undefined;
  }
}
