/** The sections of a prompt, `<name>…</name>`, by name; where a name comes twice, the last one counts. */
export type Sections = ReadonlyMap<string, string>;

/** Finds the sections of a prompt. What is between them is for models that read. */
export function readSections(text: string): Sections {
  const sections = new Map<string, string>();
  const ends = endsByName(text);
  const opening = /<([a-z][a-z_-]*)>/gu;
  for (let match = opening.exec(text); match !== null; match = opening.exec(text)) {
    const name = match[1] as string;
    const places = ends.get(name) ?? [];
    // The places come last to first, so that those that are behind go in turn.
    let end = places.at(-1);
    while (end !== undefined && end < opening.lastIndex) {
      places.pop();
      end = places.at(-1);
    }
    if (end === undefined) continue;
    sections.set(name, text.slice(opening.lastIndex, end).trim());
    opening.lastIndex = end + name.length + 3;
  }
  return sections;
}

/** Where each section's end tags stand, last to first: found once, whatever number of tags is left open. */
function endsByName(text: string): Map<string, number[]> {
  const ends = new Map<string, number[]>();
  for (const { 1: name = '', index } of text.matchAll(/<\/([a-z][a-z_-]*)>/gu)) {
    const places = ends.get(name);
    if (places === undefined) ends.set(name, [index]);
    else places.push(index);
  }
  for (const places of ends.values()) places.reverse();
  return ends;
}

/** A section's JSON; `undefined` where there is none. */
export function readJson(sections: Sections, name: string): unknown {
  const text = sections.get(name);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** A record, or an empty one for everything else. */
export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** A text, or nothing for everything else. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The elements of a list, or none. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
