import { digest, type JsonValue } from '@orc/cache';

/**
 * The digest of a value that a phase can see: with its members in the order they have, because a phase sees that too (`Object.keys`,
 * `JSON.stringify`, a template over members). A text has the digest of the text alone.
 */
export function jsonDigest(value: JsonValue): string {
  return typeof value === 'string' ? digest(value) : digest('json', JSON.stringify(value));
}
