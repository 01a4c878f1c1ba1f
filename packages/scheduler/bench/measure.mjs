/** Runs every contender once per round, in an order that turns each round, and keeps every sample. */
export async function interleave(contenders, { rounds, warmups = 2 }) {
  const samples = new Map(contenders.map(({ name }) => [name, []]));
  for (let round = -warmups; round < rounds; round += 1) {
    for (let step = 0; step < contenders.length; step += 1) {
      const { name, run } = contenders[(step + round + warmups) % contenders.length];
      globalThis.gc?.();
      const sample = await run();
      if (round >= 0) samples.get(name).push(sample);
    }
  }
  return contenders.map(({ name, ours = false }) => ({ name, ours, ...summary(samples.get(name)) }));
}

export function summary(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
  return { min: sorted[0], median: at(0.5), p95: at(0.95), max: sorted.at(-1), samples: sorted.length };
}

/** Milliseconds that `work` takes. */
export async function timed(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
