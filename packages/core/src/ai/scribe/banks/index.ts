import { action, observe, transition } from './observe.ts';
import { alone, friendly, guarded, hostile } from './dialogue.ts';
import { bookOpening, opening } from './opening.ts';
import { company } from './company.ts';
import { conflict, ending, goal, obstacle, outcome, stateEntry, stateExit } from './frame.ts';
import { creatureNote, motifNote, reflect, topicThought } from './reflect.ts';

/** The name of a bank. */
export type BankName =
  | 'action'
  | 'alone'
  | 'bookOpening'
  | 'company'
  | 'conflict'
  | 'creatureNote'
  | 'ending'
  | 'friendly'
  | 'goal'
  | 'guarded'
  | 'hostile'
  | 'motifNote'
  | 'observe'
  | 'obstacle'
  | 'opening'
  | 'outcome'
  | 'reflect'
  | 'stateEntry'
  | 'stateExit'
  | 'topicThought'
  | 'transition';

/** The grammar by function: what a piece of a scene is for. */
export const banks: Readonly<Record<BankName, readonly string[]>> = {
  action,
  alone,
  bookOpening,
  company,
  conflict,
  creatureNote,
  ending,
  friendly,
  goal,
  guarded,
  hostile,
  motifNote,
  observe,
  obstacle,
  opening,
  outcome,
  reflect,
  stateEntry,
  stateExit,
  topicThought,
  transition,
};
