import Mustache from 'mustache';

/** What a template reads at its outermost level: `outline.title`, `request.text`. */
export interface TemplateName {
  /** The dotted path. */
  readonly path: string;
  /** Its first part. */
  readonly root: string;
}

type Token = [type: string, value: string, start: number, end: number, children?: Token[], closeAt?: number];

/** Reads a Mustache template and lists the names at its outermost level. Partials are refused, since they would read other files. */
export function parseTemplate(template: string): { readonly names: readonly TemplateName[]; readonly problem?: string } {
  let tokens: Token[];
  try {
    tokens = Mustache.parse(template) as Token[];
  } catch (error) {
    return { names: [], problem: (error as Error).message };
  }
  const names = new Map<string, TemplateName>();
  for (const [type, value] of tokens) {
    if (type === '>') return { names: [], problem: `Partials are not supported: {{> ${value}}}` };
    if (type === 'text' || type === '!' || type === '=') continue;
    names.set(value, { path: value, root: value.split('.')[0] as string });
  }
  return { names: [...names.values()] };
}

/** Renders a template. Texts stand as they are; anything else is written as JSON. Nothing in a template can run code. */
export function renderTemplate(template: string, view: object): string {
  return Mustache.render(template, view, {}, { escape: (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value)) });
}

/** The value at a dotted path; `undefined` where there is none. */
export function valueAt(view: unknown, path: string): unknown {
  let value = view;
  for (const part of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}
