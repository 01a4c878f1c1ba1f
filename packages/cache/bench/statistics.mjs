/** Median, 10th and 90th percentile, least and most of some samples, and the samples in order. */
export function summarize(samples) {
  const values = samples.toSorted((one, other) => one - other);
  const at = (part) => quantile(values, part);
  return { median: at(0.5), p10: at(0.1), p90: at(0.9), min: at(0), max: at(1), samples: values.length, values };
}

/** A quantile of samples in order, linear between neighbours, as R and NumPy have it. */
function quantile(values, part) {
  const position = (values.length - 1) * part;
  const below = values[Math.floor(position)];
  return below + (values[Math.ceil(position)] - below) * (position % 1);
}

/** Numbers from 0 to 1, the same for the same seed. */
export function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The items in another order. */
export function shuffle(items, random) {
  const shuffled = [...items];
  for (let last = shuffled.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [shuffled[last], shuffled[other]] = [shuffled[other], shuffled[last]];
  }
  return shuffled;
}
