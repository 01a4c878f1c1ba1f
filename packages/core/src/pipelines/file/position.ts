import { isMap, isSeq, type Document, type LineCounter, type Node } from 'yaml';

/** Where something stands, from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The place of the node at a path of keys and indexes, or of the nearest one above it that is there. With `key`, the place of the last key itself. */
export function positionOf(
  document: Document,
  lines: LineCounter,
  path: readonly (string | number)[],
  key = false,
): Position {
  let node: unknown = document.contents;
  let offset = rangeOf(node);
  for (const [depth, part] of path.entries()) {
    let next: unknown;
    let keyOffset: number | undefined;
    if (isMap(node)) {
      const pair = node.items.find(
        (item) => String((item.key as { value?: unknown } | null)?.value ?? item.key) === String(part),
      );
      next = pair?.value;
      keyOffset = rangeOf(pair?.key);
    } else if (isSeq(node)) {
      next = node.items[Number(part)];
    }
    const last = depth === path.length - 1;
    const found = (key && last ? keyOffset : rangeOf(next)) ?? keyOffset;
    if (found === undefined) break;
    offset = found;
    node = next;
  }
  const { line, col } = lines.linePos(offset ?? 0);
  return { line, column: col };
}

function rangeOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}
