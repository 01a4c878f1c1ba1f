import { moduleChanged } from '../pipeline/module-graph.ts';
import type { RunState } from './run-state.ts';
import type { Work } from './work.ts';

/**
 * Done work as it may be recorded: the same, or, where a file or a module of its key changed while it was done, under no key at all. What it
 * gave may be made of either then: it is used in this run, and neither kept nor taken over by a resumption. At once where a key holds neither.
 */
export function asMade(run: RunState, work: Work): Work | Promise<Work> {
  const { files = [], phase, basis } = work;
  const { modules } = phase.phase.definition;
  if (modules === undefined && files.length === 0) return work;
  const look = async (): Promise<Work> => {
    const module = modules === undefined ? undefined : await moduleChanged(modules);
    const changed = module ?? (await run.keys.changedFile(phase, files));
    if (changed === undefined) return work;
    const message = `${changed} changed while task \`${basis.task}\` ran: its result is used now and not kept`;
    run.degradations.say('files', message);
    return { ...work, key: '', files: [[changed, '']] };
  };
  return look();
}
