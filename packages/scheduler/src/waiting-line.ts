import { Ring } from './ring.ts';

/** Something that waits for a slot. */
export interface Waiter {
  /** Whether it needs one of the thread slots. */
  readonly cpu: boolean;
  /** Higher goes first. */
  readonly priority: number;
  /** Its place among equals; the line sets it. */
  place: number;
  /** True once it no longer waits; the line then passes over it. */
  gone: boolean;
  /** Called with the slot held. */
  start(): void;
}

interface Level {
  readonly priority: number;
  readonly ring: Ring<Waiter>;
}

/** Waiters by priority, and in order of arrival among equals. Leaving early is O(1): the place is passed over later. */
export class WaitingLine {
  readonly #levels: Level[] = [];
  #live = 0;
  #gone = 0;

  /** How many wait. */
  get size(): number {
    return this.#live;
  }

  /** Puts a waiter in line. */
  push(waiter: Waiter): void {
    this.#level(waiter.priority).ring.push(waiter);
    this.#live += 1;
  }

  /** Tells the line that a waiter has gone; `waiter.gone` is set by it. */
  leave(waiter: Waiter): void {
    waiter.gone = true;
    this.#live -= 1;
    this.#gone += 1;
    // Aborted waiters must not hold memory until their turn, which may never come.
    if (this.#gone > 32 && this.#gone > this.#live) this.#compact();
  }

  /** The one that goes next; it stays. */
  peek(): Waiter | undefined {
    for (let level = this.#levels[0]; level !== undefined; level = this.#levels[0]) {
      for (let waiter = level.ring.peek(); waiter !== undefined; waiter = level.ring.peek()) {
        if (!waiter.gone) return waiter;
        level.ring.shift();
        this.#gone -= 1;
      }
      // The last level stays, so that the usual case of one priority allocates once.
      if (this.#levels.length === 1) return undefined;
      this.#levels.shift();
    }
    return undefined;
  }

  /** Takes out the one that goes next. */
  shift(): Waiter | undefined {
    const waiter = this.peek();
    if (waiter === undefined) return undefined;
    this.#levels[0]?.ring.shift();
    this.#live -= 1;
    return waiter;
  }

  #level(priority: number): Level {
    let index = 0;
    for (; index < this.#levels.length; index += 1) {
      const level = this.#levels[index] as Level;
      if (level.priority === priority) return level;
      if (level.priority < priority) break;
    }
    const level = { priority, ring: new Ring<Waiter>() };
    this.#levels.splice(index, 0, level);
    return level;
  }

  #compact(): void {
    for (const level of this.#levels) level.ring.filter((waiter) => !waiter.gone);
    this.#gone = 0;
  }
}
