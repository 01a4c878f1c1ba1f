import type { FileTier } from '@orc/cache/file';

import type { KeyMemory } from './key-memory.ts';
import type { KeyParts } from './phase-keys.ts';

/** The most headers of a cache folder that are read to explain misses. */
const headersRead = 20_000;

/** The parts of the keys that were stored before, by phase: those in memory, and those in the cache folder (headers only, read once). */
export class EarlierKeys {
  readonly #pipeline: string;
  readonly #memory: KeyMemory;
  readonly #folder: FileTier | undefined;
  #read: Promise<ReadonlyMap<string, readonly KeyParts[]>> | undefined;

  /** Looks at what one pipeline has stored. */
  constructor(pipeline: string, memory: KeyMemory, folder: FileTier | undefined) {
    this.#pipeline = pipeline;
    this.#memory = memory;
    this.#folder = folder;
  }

  /** The parts that are known of a phase. */
  async of(phase: string): Promise<readonly KeyParts[]> {
    this.#read ??= this.#readFolder();
    return [...this.#memory.of(this.#pipeline, phase), ...((await this.#read).get(phase) ?? [])];
  }

  async #readFolder(): Promise<ReadonlyMap<string, readonly KeyParts[]>> {
    const found = new Map<string, KeyParts[]>();
    if (this.#folder === undefined) return found;
    let count = 0;
    try {
      for await (const { meta } of this.#folder.entries()) {
        count += 1;
        if (count > headersRead) break;
        const { pipeline, phase, parts } = (meta ?? {}) as { pipeline?: unknown; phase?: unknown; parts?: unknown };
        if (pipeline !== this.#pipeline || typeof phase !== 'string' || typeof parts !== 'object' || parts === null)
          continue;
        const list = found.get(phase) ?? [];
        found.set(phase, list);
        list.push(parts as KeyParts);
      }
    } catch {
      // A folder that can't be read explains nothing; it is a miss all the same.
    }
    return found;
  }
}
