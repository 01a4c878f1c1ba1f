import type { FlagSetting } from '../config/load.ts';
import type { FlagSpec } from './flag-spec.ts';

/** The flags of one call, as given. */
export class FlagValues {
  readonly #values: ReadonlyMap<string, boolean | string | readonly string[]>;

  /** Takes the values by long name. */
  constructor(values: ReadonlyMap<string, boolean | string | readonly string[]>) {
    this.#values = values;
  }

  /** Whether a flag was given at all. */
  given(name: string): boolean {
    return this.#values.has(name);
  }

  /** Whether a boolean flag is on; `undefined` when it was not given. */
  is(name: string): boolean | undefined {
    const value = this.#values.get(name);
    return typeof value === 'boolean' ? value : undefined;
  }

  /** The value of a flag. */
  text(name: string): string | undefined {
    const value = this.#values.get(name);
    return typeof value === 'string' ? value : undefined;
  }

  /** The values of a flag that may be repeated. */
  list(name: string): readonly string[] {
    const value = this.#values.get(name);
    return Array.isArray(value) ? (value as readonly string[]) : typeof value === 'string' ? [value] : [];
  }

  /** What the flags say about settings. */
  settings(specs: readonly FlagSpec[]): readonly FlagSetting[] {
    const settings: FlagSetting[] = [];
    for (const { name, setting } of specs) {
      const value = this.#values.get(name);
      if (setting === undefined || value === undefined || Array.isArray(value)) continue;
      settings.push({ key: setting, text: String(value), flag: `--${name}` });
    }
    return settings;
  }
}
