import { isObject, type Check } from './option-check.ts';
import type { ForEachDefinition, NeedDefinition, Phase } from './phase.ts';

/** Tells whether a value was made by `definePhase`. */
export function isPhase(value: unknown): value is Phase {
  return (
    isObject(value) && isObject(value['definition']) && typeof value['id'] === 'string' && Array.isArray(value['needs'])
  );
}

/** Checks `needs`. */
export function checkNeeds(value: unknown, check: Check): readonly NeedDefinition[] {
  if (value === undefined) return [];
  if (!isObject(value) || Array.isArray(value))
    check.fail('needs', 'an object of name to phase', value, 'Write needs: { outline }, not needs: [outline].');
  return Object.entries(value).map(([name, need]): NeedDefinition => {
    if (isPhase(need)) return { name, phase: need, wise: 'all' };
    if (isObject(need) && (need['wise'] === 'each' || need['wise'] === 'within')) {
      const phase = need['phase'];
      if (!isPhase(phase) || !phase.fanOut)
        check.fail(`needs.${name}`, `${need['wise']}() of a phase with forEach`, phase);
      return { name, phase: phase, wise: need['wise'] };
    }
    return check.fail(`needs.${name}`, 'a phase, each(phase) or within(phase)', need);
  });
}

/** Checks `forEach`. */
export function checkForEach(value: unknown, check: Check): ForEachDefinition | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'function') return { over: 'inputs', items: value as never };
  if (!isObject(value) || !isPhase(value['phase'])) check.fail('forEach', 'a function, or { phase, items? }', value);
  const { phase, items } = value as { phase: Phase; items: unknown };
  check.only(value, 'forEach', ['phase', 'items']);
  if (!phase.fanOut)
    check.fail(
      'forEach.phase',
      'a phase with forEach',
      phase.id,
      'To fan out over a plain output write forEach: ({ inputs }) => …',
    );
  if (items !== undefined && typeof items !== 'function') check.fail('forEach.items', 'a function', items);
  return { over: 'phase', phase, ...(items === undefined ? {} : { items: items as never }) };
}
