import { YAMLMap, isMap, isScalar, type Document } from 'yaml';

/**
 * Puts a value into a document, and makes the maps on the way where there is none: in an empty document, and below a key with nothing behind it. Returns whether it could: a list
 * or a text in the way stays as it is.
 */
export function setIn(document: Document, path: readonly string[], value: unknown): boolean {
  const root = openMap(document, document.contents);
  if (root === undefined) return false;
  document.contents = root;
  let map: YAMLMap = root;
  for (const name of path.slice(0, -1)) {
    const next = openMap(document, map.get(name, true));
    if (next === undefined) return false;
    put(map, name, next);
    map = next;
  }
  put(map, path.at(-1), value);
  return true;
}

/** What was emptied stands as `{}`; what comes into it gets lines of its own. */
function put(map: YAMLMap, name: string | undefined, value: unknown): void {
  if (map.items.length === 0) map.flow = false;
  map.set(name, value);
}

/** The map that stands at a place, or a new one where nothing does; `undefined` when something else does. */
function openMap(document: Document, node: unknown): YAMLMap | undefined {
  if (isMap(node)) return node;
  if (node !== undefined && node !== null && !(isScalar(node) && node.value === null)) return undefined;
  const map = new YAMLMap(document.schema);
  // A comment that stands beside the nothing is somebody's, too.
  if (isScalar(node)) {
    if (node.commentBefore !== undefined) map.commentBefore = node.commentBefore;
    if (node.comment !== undefined) map.comment = node.comment;
  }
  return map;
}
