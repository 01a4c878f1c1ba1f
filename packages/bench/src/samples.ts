import { BenchError } from './errors.ts';
import { summarize, type Ratio, type Summary } from './statistics.ts';

/** Samples that come in one by one, by name. */
export class Samples {
  readonly #byName = new Map<string, number[]>();

  /** Keeps samples. */
  add(name: string, ...values: readonly number[]): void {
    const known = this.#byName.get(name);
    if (known === undefined) this.#byName.set(name, [...values]);
    else known.push(...values);
  }

  /** What the samples of a name say. */
  summary(name: string): Summary {
    return summarize(this.#of(name));
  }

  /**
   * The ratio of two names whose samples were taken in the same rounds: the median of the rounds' own ratios, with its interval. What slows a whole round
   * down falls out of it.
   */
  paired(numerator: string, denominator: string): Ratio {
    const [over, under] = [this.#of(numerator), this.#of(denominator)];
    if (over.length !== under.length)
      throw new BenchError(
        `Expected as many samples of ${numerator} as of ${denominator}, got ${over.length} and ${under.length}`,
      );
    const { median, low, high } = summarize(over.map((value, round) => value / (under[round] as number)));
    return { value: median, low, high };
  }

  #of(name: string): readonly number[] {
    const found = this.#byName.get(name);
    if (found === undefined) throw new BenchError(`Expected samples of ${name}, there are none`);
    return found;
  }
}
