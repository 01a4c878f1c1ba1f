/** Facts as a prompt carries them: parsed JSON whose shape is the pipeline's own. */
export type Facts = Readonly<Record<string, unknown>>;

/** A member that is a list of objects. */
export function list(facts: Facts, name: string): readonly Facts[] {
  const value = facts[name];
  return Array.isArray(value)
    ? value.filter((entry): entry is Facts => typeof entry === 'object' && entry !== null)
    : [];
}

/** A member that is a list of texts. */
export function texts(facts: Facts, name: string): readonly string[] {
  const value = facts[name];
  return Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === 'string') : [];
}

/** A member that is a number, or 0. */
export function number(facts: Facts, name: string): number {
  const value = facts[name];
  return typeof value === 'number' ? value : 0;
}

/** A member that is a text, or an empty one. */
export function text(facts: Facts, name: string): string {
  const value = facts[name];
  return typeof value === 'string' ? value : '';
}

/** A member that is an object, or an empty one. */
export function object(facts: Facts, name: string): Facts {
  const value = facts[name];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Facts) : {};
}

/** `1,234`. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** `1 file`, `2 files`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** `a, b and c`. */
export function enumerate(items: readonly string[]): string {
  if (items.length <= 1) return items[0] ?? '';
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** A name as code. */
export function code(name: string): string {
  return `\`${name}\``;
}
