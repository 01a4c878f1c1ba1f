import Mustache from 'mustache';

/** What a template reads at its outermost level: `outline.title`, `request.text`. */
export interface TemplateName {
  /** The dotted path. */
  readonly path: string;
  /** Its first part. */
  readonly root: string;
}

type Token = [type: string, value: string, start: number, end: number, children?: Token[], closeAt?: number];

/** Reads a Mustache template and lists what it reads: every name at its outermost level, and inside sections the parts of the request and the options. Partials are refused, since they would read other files. */
export function parseTemplate(template: string): {
  readonly names: readonly TemplateName[];
  readonly problem?: string;
} {
  let tokens: Token[];
  try {
    tokens = Mustache.parse(template) as Token[];
  } catch (error) {
    return { names: [], problem: (error as Error).message };
  }
  const names = new Map<string, TemplateName>();
  const walk = (level: readonly Token[], inside: boolean): string | undefined => {
    for (const [type, value, , , children] of level) {
      if (type === '>') return `Partials are not supported: {{> ${value}}}`;
      if (type === 'text' || type === '!' || type === '=') continue;
      const root = value.split('.')[0] as string;
      // Inside a section any other name may be a member of what the section goes over.
      if (!inside || ((root === 'request' || root === 'options') && root !== value))
        names.set(value, { path: value, root });
      const problem = walk(children ?? [], true);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
  const problem = walk(tokens, false);
  return problem === undefined ? { names: [...names.values()] } : { names: [], problem };
}

/** Looks names up among own members only, and never calls what it finds: no name in a template reaches a prototype. */
class OwnContext extends Mustache.Context {
  readonly #view: unknown;
  readonly #parent: OwnContext | undefined;

  constructor(view: unknown, parent?: OwnContext) {
    super(view, parent);
    this.#view = view;
    this.#parent = parent;
  }

  override push(view: unknown): OwnContext {
    return new OwnContext(view, this);
  }

  override lookup(name: string): unknown {
    if (name === '.') return this.#view;
    const [root] = name.split('.') as [string];
    if (typeof this.#view === 'object' && this.#view !== null && Object.hasOwn(this.#view, root)) {
      const found = valueAt(this.#view, name);
      return typeof found === 'function' ? undefined : found;
    }
    return this.#parent?.lookup(name);
  }
}

/** Renders a template. Texts stand as they are; anything else is written as JSON. Nothing in a template can run code. */
export function renderTemplate(template: string, view: object): string {
  const writer = new Mustache.Writer();
  writer.unescapedValue = (token, context) => writer.escapedValue(token, context, { escape });
  return writer.render(template, new OwnContext(view), {}, { escape });
}

const escape = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** The value at a dotted path; `undefined` where there is none. */
export function valueAt(view: unknown, path: string): unknown {
  let value = view;
  for (const part of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}
