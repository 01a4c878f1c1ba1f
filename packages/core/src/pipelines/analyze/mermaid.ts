import type { Selection } from './select-task.ts';

/** The modules and their imports as a Mermaid flowchart. */
export function toMermaid(selection: Selection): string {
  const names = [
    ...new Set([
      ...selection.modules.map((module) => module.name),
      ...selection.moduleEdges.flatMap((edge) => [edge.from, edge.to]),
    ]),
  ];
  const id = new Map(names.map((name, index) => [name, `m${index}`]));
  const label = (name: string): string => name.replaceAll('"', "'");
  const lines = ['flowchart LR', ...names.map((name) => `  ${id.get(name)}["${label(name)}"]`)];
  for (const edge of selection.moduleEdges)
    lines.push(`  ${id.get(edge.from)} -->|${edge.imports}| ${id.get(edge.to)}`);
  return `${lines.join('\n')}\n`;
}
