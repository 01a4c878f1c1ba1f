import type { ItemsContext, NestedItemsContext } from '../pipeline/context.ts';
import type { CompiledPhase } from './compiled.ts';
import { checkItems, type Item } from './items.ts';
import { plainAnswer } from './plain-answer.ts';
import type { RunState } from './run-state.ts';

/** Makes the items of a phase under `parent`, now that what they depend on is known. Throws what `forEach` throws, and `ERR_ORC_ITEMS`. */
export function makeItems(
  run: Pick<RunState, 'store' | 'view' | 'envOf'>,
  phase: CompiledPhase,
  parent: string,
): readonly Item[] {
  const { forEach } = phase.phase.definition;
  const where = { phase: phase.id };
  let given: unknown;
  if (forEach?.over === 'phase') {
    const followed = phase.follows as CompiledPhase;
    const context: NestedItemsContext = {
      output: run.store.get(followed, parent)?.output,
      item: run.store.item(followed, parent)?.value,
      key: parent,
      request: run.view(phase),
    };
    given = plainAnswer((forEach.items as (context: NestedItemsContext) => unknown)(context), 'forEach.items', where);
  } else {
    const context: ItemsContext = {
      inputs: run.store.inputs(phase, '')?.values,
      request: run.view(phase),
      env: run.envOf(phase),
    };
    given = plainAnswer((forEach as unknown as { items(of: ItemsContext): unknown }).items(context), 'forEach', where);
  }
  const items = checkItems(given, phase.id, parent);
  run.store.setItems(phase, parent, items);
  return items;
}
