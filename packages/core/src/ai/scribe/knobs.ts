import { OrcError } from '../../errors.ts';

/** What the id of the scribe can set: `offline/scribe?latencyMs=50&tokensPerSecond=200&failRate=0.1&rate429=0.05&seed=7`. */
export interface ScribeKnobs {
  /** Milliseconds before the first word. @defaultValue 0 */
  readonly latencyMs: number;
  /** How fast it writes; 0 is at once. @defaultValue 0 */
  readonly tokensPerSecond: number;
  /** Share of calls that fail as a server that is down, 0 to 1. @defaultValue 0 */
  readonly failRate: number;
  /** Share of calls that are told to come back later, 0 to 1. @defaultValue 0 */
  readonly rate429: number;
  /** Seed of the text; the only knob that changes a word. @defaultValue 0 */
  readonly seed: number;
}

const defaults: ScribeKnobs = { latencyMs: 0, tokensPerSecond: 0, failRate: 0, rate429: 0, seed: 0 };

const ranges: Readonly<
  Record<keyof ScribeKnobs, { readonly words: string; readonly fits: (value: number) => boolean }>
> = {
  latencyMs: { words: 'a number of milliseconds from 0 to 600000', fits: (value) => value >= 0 && value <= 600_000 },
  tokensPerSecond: {
    words: 'a number from 0 (no limit) to 1000000',
    fits: (value) => value >= 0 && value <= 1_000_000,
  },
  failRate: { words: 'a number from 0 to 1', fits: (value) => value >= 0 && value <= 1 },
  rate429: { words: 'a number from 0 to 1', fits: (value) => value >= 0 && value <= 1 },
  seed: { words: 'a safe integer', fits: (value) => Number.isSafeInteger(value) },
};

/** The id without knobs. */
export const scribeId = 'offline/scribe';

/**
 * Reads the knobs of an id.
 *
 * @throws OrcError `ERR_ORC_MODEL_UNKNOWN` for another model's id, an unknown knob, one that is given twice, or a bad value.
 */
export function readKnobs(id: string): ScribeKnobs {
  const mark = id.indexOf('?');
  const name = mark < 0 ? id : id.slice(0, mark);
  if (name !== scribeId)
    throw new OrcError('ERR_ORC_MODEL_UNKNOWN', `Expected the model id to be \`${scribeId}\`, got \`${name}\``);
  const knobs: Record<keyof ScribeKnobs, number> = { ...defaults };
  if (mark < 0 || mark === id.length - 1) return knobs;
  const seen = new Set<string>();
  for (const [knob, text] of new URLSearchParams(id.slice(mark + 1))) {
    if (!Object.hasOwn(ranges, knob)) {
      throw new OrcError(
        'ERR_ORC_MODEL_UNKNOWN',
        `Expected a knob of \`${scribeId}\` to be one of ${Object.keys(ranges)
          .map((key) => `\`${key}\``)
          .join(', ')}, got \`${knob}\``,
      );
    }
    if (seen.has(knob))
      throw new OrcError('ERR_ORC_MODEL_UNKNOWN', `Expected knob \`${knob}\` of \`${scribeId}\` once, got it twice`);
    seen.add(knob);
    const key = knob as keyof ScribeKnobs;
    const value = /^-?\d+(?:\.\d+)?$/u.test(text) ? Number(text) : Number.NaN;
    if (!ranges[key].fits(value))
      throw new OrcError(
        'ERR_ORC_MODEL_UNKNOWN',
        `Expected knob \`${knob}\` of \`${scribeId}\` to be ${ranges[key].words}, got \`${text}\``,
      );
    knobs[key] = value;
  }
  if (knobs.failRate + knobs.rate429 > 1) {
    throw new OrcError(
      'ERR_ORC_MODEL_UNKNOWN',
      `Expected knobs \`failRate\` and \`rate429\` of \`${scribeId}\` to add up to 1 or less, got \`${knobs.failRate + knobs.rate429}\``,
    );
  }
  return knobs;
}
