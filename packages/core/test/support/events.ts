import type { OrcEvent, Run, RunResult } from '../../src/index.ts';

/** Everything that a run told, and its result. */
export async function finished(run: Run): Promise<RunResult & { readonly events: readonly OrcEvent[] }> {
  const events: OrcEvent[] = [];
  run.subscribe((event) => events.push(event));
  return Object.assign(await run.result, { events });
}

/** The events of one type. */
export function ofType<T extends OrcEvent['type']>(
  events: readonly OrcEvent[],
  type: T,
): readonly Extract<OrcEvent, { type: T }>[] {
  return events.filter((event): event is Extract<OrcEvent, { type: T }> => event.type === type);
}
