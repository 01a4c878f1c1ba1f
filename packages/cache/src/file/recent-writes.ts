import { unlinkSync } from 'node:fs';

/** What has been written since the last sweep: a burst of writes in one turn leaves a sweep no time, and must not fill the disk. */
export class RecentWrites {
  readonly #most: number;
  #files = new Map<string, number>();
  #bytes = 0;

  /** Lets so many bytes be written between two sweeps. */
  constructor(most: number) {
    this.#most = most;
  }

  /** A file was written, or will be in a moment. The oldest of the burst go if they are too much together. */
  add(path: string, bytes: number): void {
    this.#bytes += bytes - (this.#files.get(path) ?? 0);
    // Written again it is the newest.
    this.#files.delete(path);
    this.#files.set(path, bytes);
    for (const [oldest, size] of this.#files) {
      if (this.#bytes <= this.#most || oldest === path) return;
      this.#files.delete(oldest);
      this.#bytes -= size;
      remove(oldest);
    }
  }

  /** A sweep begins: it looks at all that was written so far. */
  swept(): void {
    this.#files = new Map();
    this.#bytes = 0;
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Somebody else has removed it, or nobody can.
  }
}
