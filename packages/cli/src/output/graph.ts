import { cleanLine } from './clean.ts';

/** A node of a drawing. */
export interface GraphNode {
  /** Its id. */
  readonly id: string;
  /** What stands beside it. */
  readonly note?: string | undefined;
  /** The ids of the nodes it needs. */
  readonly needs: readonly string[];
  /** Whether it stands for many tasks. */
  readonly fanOut: boolean;
}

/** A graph in rows: each row can start when the row above it has ended, edges that skip a row are written out. */
export function drawRows(nodes: readonly GraphNode[], describe: (node: GraphNode) => string): readonly string[] {
  const depths = new Map<string, number>();
  for (const node of nodes)
    depths.set(node.id, node.needs.length === 0 ? 0 : 1 + Math.max(...node.needs.map((need) => depths.get(need) ?? 0)));
  const lines: string[] = [];
  const deepest = Math.max(0, ...depths.values());
  for (let depth = 0; depth <= deepest; depth += 1) {
    const row = nodes.filter((node) => depths.get(node.id) === depth);
    row.forEach((node, index) => {
      const edge = row.length === 1 ? '──' : index === 0 ? '┬─' : index === row.length - 1 ? '└─' : '├─';
      lines.push(`${depth === 0 && row.length === 1 ? '  ' : edge} ${describe(node)}`);
    });
    if (depth < deepest) lines.push('│');
  }
  return lines;
}

/** Of what each node needs, that which is not already needed by another of its needs: what it has to wait for. */
export function nearestNeeds(nodes: readonly GraphNode[]): ReadonlyMap<string, readonly string[]> {
  const before = new Map<string, ReadonlySet<string>>();
  const nearest = new Map<string, readonly string[]>();
  // Each node stands after all that it needs.
  for (const { id, needs } of nodes) {
    const further = new Set(needs.flatMap((need) => [...(before.get(need) ?? [])]));
    nearest.set(
      id,
      needs.filter((need) => !further.has(need)),
    );
    before.set(id, new Set([...needs, ...further]));
  }
  return nearest;
}

/** A graph for a Markdown file. */
export function mermaid(nodes: readonly GraphNode[]): string {
  const names = new Map<string, string>();
  // `end` is a word of Mermaid's; two ids may differ in nothing but what it does not take.
  const taken = new Set(['end']);
  for (const [index, { id }] of nodes.entries()) {
    const name = id.replaceAll(/[^A-Za-z0-9_]/g, '_');
    names.set(id, taken.has(name) ? `${name}_${index}` : name);
    taken.add(name);
  }
  const lines = ['flowchart TD'];
  for (const { id, fanOut } of nodes) {
    const label = `"${escapeMermaid(id)}"`;
    lines.push(`  ${names.get(id) ?? ''}${fanOut ? `[[${label}]]` : `[${label}]`}`);
  }
  for (const { id, needs } of nodes)
    for (const need of needs) if (names.has(need)) lines.push(`  ${names.get(need) ?? ''} --> ${names.get(id) ?? ''}`);
  return lines.join('\n');
}

/** A graph for Graphviz. */
export function dot(nodes: readonly GraphNode[]): string {
  const lines = ['digraph pipeline {', '  rankdir=TB; node [shape=box, fontname="sans-serif"];'];
  for (const node of nodes) lines.push(`  ${quoteDot(node.id)}${node.fanOut ? ' [peripheries=2]' : ''};`);
  for (const node of nodes) for (const need of node.needs) lines.push(`  ${quoteDot(need)} -> ${quoteDot(node.id)};`);
  return [...lines, '}'].join('\n');
}

/** A quoted label has entities of its own, and ends at nothing else than its quote. */
function escapeMermaid(text: string): string {
  return cleanLine(text).replaceAll(/["#&<>`;\\]/g, (character) => `#${character.charCodeAt(0)};`);
}

function quoteDot(text: string): string {
  return `"${cleanLine(text).replaceAll(/["\\]/g, '\\$&')}"`;
}
