import { crc32 } from 'node:zlib';

import { stringifyFaithfully } from '../faithful-json.ts';
import { packValue, type Serializer, unpackValue } from '../serializer.ts';
import { type EntryParts, entryParts, isObject, type Unreadable } from '../tiers/entry-shape.ts';
import type { TierEntry } from '../tiers/tier.ts';

/** What the first bytes of every file say; a file that says anything else is not ours. */
const MAGIC = 'orc-cache 1 ';
/** Magic, eight digits of checksum, a space, eight digits of header length, a line feed. */
const PREFIX_LENGTH = MAGIC.length + 8 + 1 + 8 + 1;
const LINE_FEED = 0x0a;

/** What a file says about its entry, without the value. */
export interface FileHeader extends EntryParts {
  /** The full key: two keys with one name would not be taken for each other. */
  readonly key: string;
}

/** The whole content of a file: prefix, header, value. A text, as Node writes those in one call; JSON has no lone surrogates. */
export function encodeEnvelope(key: string, entry: TierEntry, serializer?: Serializer): string {
  const { storedAt, expiresAt, tags, generations, meta, value } = entry;
  const header = {
    key,
    storedAt,
    expiresAt: expiresAt === Infinity ? null : expiresAt,
    ...(tags === undefined || tags.length === 0 ? {} : { tags }),
    ...(generations === undefined ? {} : { generations }),
    ...(meta === undefined ? {} : { meta }),
    ...(serializer === undefined ? {} : { by: serializer.name }),
  };
  if (meta !== undefined) stringifyFaithfully(meta, key);
  const head = JSON.stringify(header);
  const body = `${head}\n${packValue(value, key, serializer)}`;
  return prefixOf(crc32(body), Buffer.byteLength(head)) + body;
}

/** The entry in a file's bytes, if they are whole and about this key. */
export function decodeEnvelope<V>(bytes: Buffer, key: string, serializer?: Serializer): TierEntry<V> | Unreadable {
  const start = readPrefix(bytes);
  if ('fault' in start) return start;
  const body = bytes.subarray(PREFIX_LENGTH);
  if (crc32(body) !== start.checksum) return { fault: 'checksum' };
  // The checksum does not cover the prefix.
  if (body[start.headerLength] !== LINE_FEED) return { fault: 'header' };
  // Decoded in one go; the JSON of a header has no line feed of its own.
  const text = body.toString();
  const end = text.indexOf('\n');
  let header: unknown;
  let value: unknown;
  try {
    header = JSON.parse(text.slice(0, end));
    value = JSON.parse(text.slice(end + 1));
  } catch {
    return { fault: 'json' };
  }
  if (!isObject(header)) return { fault: 'shape' };
  if (header['key'] !== key) return { fault: 'key' };
  const parts = partsOf(header);
  if ('fault' in parts) return parts;
  const unpacked = unpackValue(value, header['by'], serializer);
  // What the value is only its reader knows.
  return 'fault' in unpacked ? unpacked : { value: unpacked.value as V, ...parts };
}

/** The header in a file's first bytes; how many of them it takes, if it is longer than they are. */
export function decodeHeader(bytes: Buffer): FileHeader | Unreadable | number {
  const start = readPrefix(bytes);
  if ('fault' in start) return start;
  const needed = PREFIX_LENGTH + start.headerLength + 1;
  if (bytes.length < needed) return needed;
  if (bytes[PREFIX_LENGTH + start.headerLength] !== LINE_FEED) return { fault: 'header' };
  let header: unknown;
  try {
    header = JSON.parse(bytes.toString('utf8', PREFIX_LENGTH, PREFIX_LENGTH + start.headerLength));
  } catch {
    return { fault: 'header' };
  }
  if (!isObject(header)) return { fault: 'shape' };
  const { key } = header;
  if (typeof key !== 'string') return { fault: 'key' };
  const parts = partsOf(header);
  return 'fault' in parts ? parts : { key, ...parts };
}

function partsOf(header: Record<string, unknown>): EntryParts | Unreadable {
  return entryParts(header);
}

function readPrefix(bytes: Buffer): { readonly checksum: number; readonly headerLength: number } | Unreadable {
  if (bytes.length < PREFIX_LENGTH) return { fault: 'truncated' };
  const prefix = bytes.toString('latin1', 0, PREFIX_LENGTH);
  if (!prefix.startsWith(MAGIC)) return { fault: 'foreign' };
  const checksum = Number.parseInt(prefix.slice(MAGIC.length, MAGIC.length + 8), 16);
  const headerLength = Number.parseInt(prefix.slice(MAGIC.length + 9, PREFIX_LENGTH - 1), 16);
  if (prefix !== prefixOf(checksum, headerLength)) return { fault: 'prefix' };
  return { checksum, headerLength };
}

/** Exactly these bytes and no others that mean the same. */
function prefixOf(checksum: number, headerLength: number): string {
  return `${MAGIC}${hex(checksum)} ${hex(headerLength)}\n`;
}

function hex(number: number): string {
  return number.toString(16).padStart(8, '0');
}
