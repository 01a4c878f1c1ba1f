import type { Phase } from './phase.ts';

/**
 * The item space of a fan-out phase: the chain of phases that each made one more level of its items. Phases that follow another one
 * without `items` of their own share its space; `[chapter, scene]` is the space of all phases that run once per scene.
 */
export function itemSpace(phase: Phase): readonly Phase[] {
  const forEach = phase.definition.forEach;
  if (forEach === undefined) return [];
  if (forEach.over === 'inputs') return [phase];
  const parent = itemSpace(forEach.phase);
  return forEach.items === undefined ? parent : [...parent, phase];
}

/** Whether `outer` is `inner` or an ancestor of it. */
export function enclosesSpace(outer: readonly Phase[], inner: readonly Phase[]): boolean {
  return outer.length <= inner.length && outer.every((phase, index) => inner[index] === phase);
}
