import { digestOfGraph, readModuleGraph, type ModuleGraph } from '../../pipeline/module-graph.ts';

// What this process has loaded is what it runs, whatever the files hold by now: Node loads a module once. So this lives as long as Node's own map.
const loaded = new Map<string, string>();

/** The code of a module as this process runs it, once it has been imported: of a file that was loaded before, what it held then. */
export interface ModuleCode {
  /** What it is made of now. */
  readonly graph: ModuleGraph;
  /** The digest of what runs. */
  readonly digest: string;
}

/** Reads a module that is about to be imported, with all that it imports by a path. Throws what reading it throws. */
export function codeOf(href: string): ModuleCode {
  const graph = readModuleGraph(href);
  const held = [...graph.files].map(([file, now]) => {
    const before = loaded.get(file);
    if (before === undefined) loaded.set(file, now);
    return before ?? now;
  });
  return { graph, digest: digestOfGraph(held, graph.packages) };
}
