import { OrcError, shown } from '../errors.ts';

/** Options that have not been checked yet. */
export type Loose = Readonly<Record<string, unknown>>;

/** Whether a value has members. */
export function isObject(value: unknown): value is Loose {
  return typeof value === 'object' && value !== null;
}

/** Refuses what is not valid in the options of one phase, with the path of it. */
export class Check {
  readonly #id: string;

  /** For the phase with this id. */
  constructor(id: string) {
    this.#id = id;
  }

  /** Throws `ERR_ORC_PHASE`. */
  fail(path: string, expected: string, got: unknown, hint?: string): never {
    throw new OrcError(
      'ERR_ORC_PHASE',
      `Expected \`${path}\` of phase \`${this.#id}\` to be ${expected}, got ${shown(got)}`,
      {
        phase: this.#id,
        hint,
      },
    );
  }

  /** Refuses what shows nothing of what it does, so that an edit of it could not be seen. */
  opaque(path: string, expected: string): never {
    throw new OrcError('ERR_ORC_PHASE', `Expected \`${path}\` of phase \`${this.#id}\` to be ${expected}`, {
      phase: this.#id,
      hint: 'Bound functions, proxies and native ones hide their code, so that an edit would not be seen and an old result be served: write (context) => work(context), or give the phase a `version` and change it with each edit.',
    });
  }

  /** Refuses an option that there is none of. */
  unknown(name: string): never {
    throw new OrcError('ERR_ORC_PHASE', `Expected the options of phase \`${this.#id}\` to be known, got \`${name}\``, {
      phase: this.#id,
      hint: 'Remove it, or correct its spelling.',
    });
  }

  /** A member that may be absent, but not of another type. */
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- what the type says of it is the caller's to know
  optional<T>(options: Loose, name: string, type: 'function' | 'string' | 'boolean'): T | undefined {
    const value = options[name];
    if (value !== undefined && typeof value !== type) this.fail(name, `a ${type}`, value);
    return value as T | undefined;
  }

  /** A number above 0, or nothing. */
  positive(options: Loose, name: string, path: string = name): number | undefined {
    const value = options[name];
    if (value !== undefined && !(typeof value === 'number' && Number.isFinite(value) && value > 0))
      this.fail(path, 'a number > 0', value);
    return value;
  }

  /** Refuses members that have no meaning. */
  only(options: Loose, path: string, names: readonly string[]): void {
    for (const name of Object.keys(options))
      if (!names.includes(name)) this.fail(`${path}.${name}`, `one of ${names.join(', ')}`, name);
  }
}
