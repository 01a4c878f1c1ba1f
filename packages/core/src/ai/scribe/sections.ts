/** The sections of a prompt, `<name>…</name>`, by name; where a name comes twice, the last one counts. */
export type Sections = ReadonlyMap<string, string>;

/** Finds the sections of a prompt. What is between them is for models that read. */
export function readSections(text: string): Sections {
  const sections = new Map<string, string>();
  for (const match of text.matchAll(/<([a-z][a-z_-]*)>\s*([\s\S]*?)\s*<\/\1>/gu))
    sections.set(match[1] as string, match[2] as string);
  return sections;
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
