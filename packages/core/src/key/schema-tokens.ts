import { functionText } from '../pipeline/source-text.ts';

/** More parts are not told apart. */
const mostTokens = 100_000;

/** What a schema is made of, as a row of texts that no other content has: it is read member by member, functions by their text. */
export function schemaTokens(schema: unknown): readonly string[] {
  const walk = new Walk();
  walk.value(schema);
  return walk.tokens;
}

type Members = Readonly<Record<string, unknown>>;

class Walk {
  readonly tokens: string[] = [];
  readonly #seen = new Map<object, number>();

  value(value: unknown): void {
    if (this.tokens.length >= mostTokens) return;
    if (typeof value === 'function') this.#function(value);
    else if (typeof value === 'object' && value !== null) this.#once(value);
    else this.tokens.push(`${typeof value} ${String(value)}`);
  }

  // Some libraries make their schemas functions; those have content beside their text.
  #function(value: object): void {
    const { json } = value as { readonly json?: unknown };
    if (!('~standard' in value)) this.tokens.push(`function ${functionText(value)}`);
    else if (json === undefined) this.#once(value);
    else this.#arktype(value as { readonly internal?: unknown }, json);
  }

  #once(value: object): void {
    const at = this.#seen.get(value);
    if (at !== undefined) {
      this.tokens.push(`again ${at}`);
      return;
    }
    this.#seen.set(value, this.#seen.size);
    try {
      this.#object(value);
    } catch {
      // A getter that refuses, such as one of a schema that is not made yet.
      this.tokens.push('unreadable');
    }
  }

  #object(value: object): void {
    if (value instanceof RegExp || value instanceof Date || value instanceof URL) {
      this.tokens.push(`${value.constructor.name} ${String(value instanceof Date ? value.getTime() : value)}`);
    } else if (Array.isArray(value) || value instanceof Set) {
      this.tokens.push('[');
      for (const member of value) this.value(member);
      this.tokens.push(']');
    } else if (value instanceof Map) {
      this.#members([...value.entries()]);
    } else if ('_zod' in value) {
      this.#zod(value._zod as Members);
    } else if ('_def' in value) {
      this.#zod3(value._def as Members);
    } else {
      this.#members(entriesOf(value));
    }
  }

  #members(entries: readonly (readonly [unknown, unknown])[]): void {
    this.tokens.push('{');
    for (const [name, member] of entries) {
      this.value(name);
      this.value(member);
    }
    this.tokens.push('}');
  }

  // What else hangs on such a schema are its methods, and what it remembers of its use.
  #zod({ def, check }: Members): void {
    const { type, getter, check: kind } = def as Members;
    this.value(def);
    // The check of `check()` is nowhere else; others are of the library, and say what they do in their definition.
    if (kind === 'custom') this.value(check);
    if (type === 'lazy' && typeof getter === 'function') this.value((getter as () => unknown)());
  }

  #zod3(def: Members): void {
    const { typeName, shape, getter } = def;
    this.value(def);
    if (typeName === 'ZodObject' && typeof shape === 'function') this.value((shape as () => unknown)());
    if (typeName === 'ZodLazy' && typeof getter === 'function') this.value((getter as () => unknown)());
  }

  // Its JSON names functions by number; the functions themselves are in its nodes.
  #arktype({ internal }: { readonly internal?: unknown }, json: unknown): void {
    this.tokens.push(`json ${JSON.stringify(json)}`);
    const { references } = (internal ?? {}) as { readonly references?: unknown };
    for (const node of Array.isArray(references) ? (references as readonly Members[]) : []) {
      const { predicate, morphs } = (node['inner'] ?? {}) as Members;
      if (predicate !== undefined) this.value(predicate);
      for (const morph of Array.isArray(morphs) ? (morphs as readonly unknown[]) : [])
        if (typeof morph === 'function' && !('json' in morph)) this.value(morph);
    }
  }
}

const asides = new Set(['~standard', '~run', '~validate']);

function entriesOf(value: object): readonly (readonly [string, unknown])[] {
  return Object.keys(value)
    .filter((name) => !asides.has(name))
    .map((name) => [name, (value as Members)[name]] as const);
}
