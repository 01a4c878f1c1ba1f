/** A first-in first-out queue on a growing power-of-two array: no shifting, no node per item. */
export class Ring<T> {
  #items: (T | undefined)[] = Array.from<T | undefined>({ length: 16 });
  #head = 0;
  #size = 0;

  /** How many items are in it. */
  get size(): number {
    return this.#size;
  }

  /** Adds at the end. */
  push(item: T): void {
    if (this.#size === this.#items.length) this.#grow();
    this.#items[(this.#head + this.#size) & (this.#items.length - 1)] = item;
    this.#size += 1;
  }

  /** The first item, which stays. */
  peek(): T | undefined {
    return this.#items[this.#head];
  }

  /** Takes the first item out. */
  shift(): T | undefined {
    if (this.#size === 0) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#items.length - 1);
    this.#size -= 1;
    return item;
  }

  /** Keeps what `keep` says, in order. */
  filter(keep: (item: T) => boolean): void {
    const kept: T[] = [];
    for (let item = this.shift(); item !== undefined; item = this.shift()) if (keep(item)) kept.push(item);
    this.#items = Array.from<T | undefined>({ length: 16 });
    this.#head = 0;
    for (const item of kept) this.push(item);
  }

  #grow(): void {
    const items = this.#items;
    const size = items.length;
    this.#items = items.slice(this.#head).concat(items.slice(0, this.#head));
    this.#items.length = size * 2;
    this.#head = 0;
  }
}
