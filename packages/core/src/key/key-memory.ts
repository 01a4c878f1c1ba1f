import type { KeyParts } from './phase-keys.ts';

const phasesKept = 500;
const partsKept = 8;

/** The parts of the keys that were stored or found lately, so that a miss can be explained without reading a cache folder. */
export class KeyMemory {
  readonly #byPhase = new Map<string, KeyParts[]>();

  /** Remembers the parts of a key. */
  add(pipeline: string, phase: string, parts: KeyParts): void {
    const id = `${pipeline}\0${phase}`;
    const list = this.#byPhase.get(id) ?? [];
    // Moved to the end, so that the phases that were not used for longest go first.
    this.#byPhase.delete(id);
    this.#byPhase.set(id, list);
    list.push(parts);
    if (list.length > partsKept) list.shift();
    if (this.#byPhase.size > phasesKept) {
      const [oldest] = this.#byPhase.keys();
      this.#byPhase.delete(oldest as string);
    }
  }

  /** The parts that are remembered of a phase. */
  of(pipeline: string, phase: string): readonly KeyParts[] {
    return this.#byPhase.get(`${pipeline}\0${phase}`) ?? [];
  }
}
