/** How many keys may be owed before the oldest is given up. */
const LIMIT = 100_000;

/** What did not reach a tier: keys whose entry there is out of date, or all of them. */
export class OwedChanges {
  readonly #keys = new Set<string>();
  /** How many changes of a key were given up and may still reach the tier, after later ones. */
  readonly #late = new Map<string, number>();
  #all = false;

  /** Whether there is anything. */
  get any(): boolean {
    return this.#all || this.#keys.size > 0 || this.#late.size > 0;
  }

  /** Whether everything in the tier is out of date. */
  get all(): boolean {
    return this.#all;
  }

  /** Whether what the tier holds for a key is out of date, or may be. */
  has(key: string): boolean {
    return this.owes(key) || this.#late.has(key);
  }

  /** Whether what the tier holds for a key is out of date. */
  owes(key: string): boolean {
    return this.#all || this.#keys.has(key);
  }

  /** A change of a key was given up and is still under way. */
  late(key: string): void {
    this.#late.set(key, (this.#late.get(key) ?? 0) + 1);
  }

  /** It has come to its end, whichever; what is there now nobody knows. */
  landed(key: string): void {
    const others = (this.#late.get(key) ?? 1) - 1;
    if (others > 0) this.#late.set(key, others);
    else this.#late.delete(key);
    this.owe(key);
  }

  /** The keys, the first owed first. */
  keys(): readonly string[] {
    return [...this.#keys];
  }

  /** A change of a key did not reach the tier: nothing is to be there, so that it is made anew. */
  owe(key: string): void {
    this.#keys.add(key);
    if (this.#keys.size <= LIMIT) return;
    for (const oldest of this.#keys) {
      this.#keys.delete(oldest);
      return;
    }
  }

  /** The tier is to be emptied, and was not. */
  oweAll(): void {
    this.#all = true;
    this.#keys.clear();
  }

  /** A change of a key did reach it. */
  paid(key: string): void {
    this.#keys.delete(key);
  }

  /** The tier is empty. */
  paidAll(): void {
    this.#all = false;
    this.#keys.clear();
  }
}
