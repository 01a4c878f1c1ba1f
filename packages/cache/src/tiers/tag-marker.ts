/** What the keys of markers begin with; the first character keeps them apart from anybody's own keys. */
const PREFIX = '\u0000tag:';

/** The key of a tag's marker. */
export function markerOf(tag: string): string {
  return PREFIX + tag;
}

/** The tag that a key is the marker of, if it is one. */
export function tagOf(key: string): string | undefined {
  return key.startsWith(PREFIX) ? key.slice(PREFIX.length) : undefined;
}
