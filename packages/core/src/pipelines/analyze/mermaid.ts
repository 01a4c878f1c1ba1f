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
  const lines = ['flowchart LR', ...names.map((name) => `  ${id.get(name)}["${mermaidLabel(name)}"]`)];
  for (const edge of selection.moduleEdges)
    lines.push(`  ${id.get(edge.from)} -->|${edge.imports}| ${id.get(edge.to)}`);
  return `${lines.join('\n')}\n`;
}

/** A name inside a quoted label: one line, and by Mermaid's own character codes where a character could end the label, or be Markdown or HTML in it. */
function mermaidLabel(name: string): string {
  return name
    .replaceAll(/[\p{Cc}\u2028\u2029]/gu, ' ')
    .replaceAll(/["#;<>&`\\*[\]{}|]/g, (character) => `#${character.charCodeAt(0)};`);
}
