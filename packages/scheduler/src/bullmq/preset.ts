import { expected, wholeNumber } from '../expected.ts';

/** How fast a dead worker or a dead Redis is noticed. All in milliseconds but `maxStalled`. */
export interface RemoteTimings {
  /** How long a worker's hold on a task lasts without renewal. It is renewed at half of that. */
  readonly lockMs: number;
  /** How often workers look for tasks whose hold has run out. */
  readonly stalledMs: number;
  /** How many times one task may lose its worker before it fails. */
  readonly maxStalled: number;
  /** How often a worker says that it is alive; it counts as gone after three silent beats. */
  readonly heartbeatMs: number;
  /** How often a coordinator looks for results itself, beside being told. */
  readonly pollMs: number;
  /** How long a coordinator waits for a Redis that does not answer. */
  readonly brokerLostMs: number;
}

/**
 * `default`: a killed worker's task starts elsewhere within 11 s. `fast`: within 3 s, for more traffic while idle; and a worker
 * whose event loop is blocked for 2 s loses its task.
 */
export type RemotePreset = 'default' | 'fast';

// A task that has just started must be noted by one check and found without its hold by a later one, and a dead worker's own check
// can put the others' off by one interval: the worst case is the hold and two intervals, or three intervals.
const presets: Readonly<Record<RemotePreset, RemoteTimings>> = {
  default: { lockMs: 5000, stalledMs: 2500, maxStalled: 3, heartbeatMs: 2000, pollMs: 1000, brokerLostMs: 15_000 },
  fast: { lockMs: 2000, stalledMs: 500, maxStalled: 3, heartbeatMs: 500, pollMs: 500, brokerLostMs: 5000 },
};

/** The timings that an option names or holds. */
export function resolveTimings(preset: RemotePreset | Partial<RemoteTimings> | undefined): RemoteTimings {
  if (preset === undefined) return presets.default;
  if (typeof preset === 'string') {
    const found = Object.hasOwn(presets, preset) ? presets[preset] : undefined;
    if (found === undefined) throw expected('preset', "'default', 'fast' or an object of timings", preset);
    return found;
  }
  if (typeof preset !== 'object' || preset === null)
    throw expected('preset', "'default', 'fast' or an object of timings", preset);
  const timings = { ...presets.default, ...preset };
  for (const [name, value] of Object.entries(timings))
    wholeNumber(`preset.${name}`, value, name === 'maxStalled' ? 0 : 1);
  return timings;
}
