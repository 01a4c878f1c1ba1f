/** Where in a story a situation belongs. */
export type Stage = 'call' | 'commit' | 'trail' | 'turn' | 'pressure' | 'loss' | 'truth' | 'choice' | 'return';

/** Who shares the scene with the hero. */
export type Company = 'ally' | 'rival' | 'elder' | 'stranger' | 'alone';

/** One kind of scene: what is wanted, what stands in the way, how it comes out, and how it is told. */
export interface Situation {
  /** Its name; a scene card carries it as `kind`. */
  readonly id: string;
  /** Where it belongs. */
  readonly stage: Stage;
  /** Who is there. */
  readonly company: Company;
  /** What the hero wants, as an infinitive. */
  readonly goal: string;
  /** What stands in the way, as a clause in the past. */
  readonly conflict: string;
  /** How it comes out, as a clause in the past. */
  readonly outcome: string;
  /** Chapter titles it can give. */
  readonly titles: readonly string[];
  /** How it is told, paragraph by paragraph, in order. */
  readonly beats: readonly string[];
}
