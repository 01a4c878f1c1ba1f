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

/** Like {@link interleave}, but the contenders take turns call by call; a sample is the median of a round's calls, in microseconds. */
export async function alternate(contenders, { rounds, warmups = 2, calls }) {
  const samples = new Map(contenders.map(({ name }) => [name, []]));
  for (let round = -warmups; round < rounds; round += 1) {
    const times = new Map(contenders.map(({ name }) => [name, []]));
    for (let step = 0; step < calls * contenders.length; step += 1) {
      const turn = Math.floor(step / contenders.length);
      const { name, call } = contenders[(step + turn + round + warmups) % contenders.length];
      const start = performance.now();
      await call();
      times.get(name).push((performance.now() - start) * 1000);
    }
    if (round >= 0) for (const [name, each] of times) samples.get(name).push(summary(each).median);
  }
  return contenders.map(({ name, ours = false }) => ({ name, ours, ...summary(samples.get(name)) }));
}

/** Median, 95th percentile, least and most of some values, and the values in order. */
export function summary(all) {
  const values = all.toSorted((a, b) => a - b);
  const at = (part) => quantile(values, part);
  return { min: at(0), median: at(0.5), p95: at(0.95), max: at(1), samples: values.length, values };
}

/** A quantile of values in order, linear between neighbours, as R and NumPy have it. */
function quantile(values, part) {
  const position = (values.length - 1) * part;
  const below = values[Math.floor(position)];
  return below + (values[Math.ceil(position)] - below) * (position % 1);
}

/** Milliseconds that `work` takes. */
export async function timed(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
