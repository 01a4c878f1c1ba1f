import { beginning } from './beginning.ts';
import { ends } from './ends.ts';
import { late } from './late.ts';
import { pressure } from './pressure.ts';
import type { Situation, Stage } from './situation.ts';
import { trail } from './trail.ts';

const all: readonly Situation[] = [...beginning, ...trail, ...pressure, ...late, ...ends];

/** The situations of a stage. */
export function situationsOf(stage: Stage): readonly Situation[] {
  return all.filter((situation) => situation.stage === stage);
}

/** The situation that a card names; `undefined` for a kind of scene that is not ours. */
export function situationNamed(id: string): Situation | undefined {
  return all.find((situation) => situation.id === id);
}
