/** A task as it was run: what it waited for and how long it took. */
export interface SimulatedTask {
  readonly id: string;
  readonly needs: readonly string[];
  readonly durationMs: number;
  /** Whether it takes a slot; a join of a fan-out takes none. */
  readonly takesSlot?: boolean | undefined;
}

/** The longest chain of durations: no machine can finish before. */
export function criticalPathMs(tasks: readonly SimulatedTask[]): number {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const finish = new Map<string, number>();
  // Iterative, since a chain of 100,000 tasks would overflow the stack.
  for (const root of tasks) {
    const stack = [root];
    while (stack.length > 0) {
      const task = stack.at(-1) as SimulatedTask;
      const pending = task.needs.filter((need) => !finish.has(need) && byId.has(need));
      if (pending.length > 0) {
        for (const need of pending) stack.push(byId.get(need) as SimulatedTask);
        continue;
      }
      stack.pop();
      if (finish.has(task.id)) continue;
      finish.set(task.id, Math.max(0, ...task.needs.map((need) => finish.get(need) ?? 0)) + task.durationMs);
    }
  }
  return Math.max(0, ...finish.values());
}

/**
 * Greedy list scheduling (Graham, 1966): `slots` workers, each takes the ready task with the longest remaining path as soon as it is free. This is what a
 * scheduler without any overhead of its own would need for the same graph and durations.
 */
export function simulateMakespanMs(tasks: readonly SimulatedTask[], slots: number): number {
  const dependants = new Map<string, string[]>();
  const missing = new Map<string, number>();
  const byId = new Map(tasks.map((task) => [task.id, task]));
  for (const task of tasks) {
    const needs = task.needs.filter((need) => byId.has(need));
    missing.set(task.id, needs.length);
    for (const need of needs) {
      const list = dependants.get(need);
      if (list === undefined) dependants.set(need, [task.id]);
      else list.push(task.id);
    }
  }
  const remaining = remainingPaths(tasks, dependants, byId);
  const ready = tasks.filter((task) => missing.get(task.id) === 0).map((task) => task.id);
  const running: { readonly id: string; readonly until: number }[] = [];
  let now = 0;
  let inUse = 0;
  for (;;) {
    ready.sort((a, b) => (remaining.get(b) as number) - (remaining.get(a) as number));
    for (let index = 0; index < ready.length;) {
      const task = byId.get(ready[index] as string) as SimulatedTask;
      const takes = task.takesSlot !== false;
      if (takes && inUse >= slots) {
        index += 1;
        continue;
      }
      ready.splice(index, 1);
      if (takes) inUse += 1;
      running.push({ id: task.id, until: now + task.durationMs });
    }
    if (running.length === 0) return now;
    running.sort((a, b) => b.until - a.until);
    const done = running.pop() as { readonly id: string; readonly until: number };
    now = done.until;
    if (byId.get(done.id)?.takesSlot !== false) inUse -= 1;
    for (const next of dependants.get(done.id) ?? []) {
      const left = (missing.get(next) as number) - 1;
      missing.set(next, left);
      if (left === 0) ready.push(next);
    }
  }
}

function remainingPaths(
  tasks: readonly SimulatedTask[],
  dependants: ReadonlyMap<string, readonly string[]>,
  byId: ReadonlyMap<string, SimulatedTask>,
): Map<string, number> {
  const remaining = new Map<string, number>();
  for (const root of tasks) {
    const stack = [root.id];
    while (stack.length > 0) {
      const id = stack.at(-1) as string;
      const pending = (dependants.get(id) ?? []).filter((next) => !remaining.has(next));
      if (pending.length > 0) {
        stack.push(...pending);
        continue;
      }
      stack.pop();
      if (remaining.has(id)) continue;
      const after = Math.max(0, ...(dependants.get(id) ?? []).map((next) => remaining.get(next) as number));
      remaining.set(id, after + (byId.get(id) as SimulatedTask).durationMs);
    }
  }
  return remaining;
}
