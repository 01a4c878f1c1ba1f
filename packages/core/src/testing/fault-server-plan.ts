import { digest } from '@orc/cache';

/** What a faulty call does instead of answering. */
export type FaultKind =
  /** HTTP 429 with `Retry-After` in seconds. */
  | 'rate-limit'
  /** HTTP 429 with `Retry-After` as a date. */
  | 'rate-limit-date'
  /** HTTP 500. */
  | 'server-error'
  /** HTTP 529 (Anthropic) or 503 (OpenAI). */
  | 'overloaded'
  /** The connection is closed before any reply. */
  | 'reset'
  /** The connection is destroyed in the middle of the stream. */
  | 'cut'
  /** The stream ends in good order, but in the middle of the reply. */
  | 'early-end'
  /** An error event in the middle of the stream. */
  | 'stream-error'
  /** The stream goes silent in the middle and stays open. */
  | 'stall'
  /** HTTP 200 with an HTML page. */
  | 'content-type'
  /** The reply is cut at half its length and says so (`length`, `max_tokens`). */
  | 'truncate'
  /** The model refuses. */
  | 'refuse'
  /** HTTP 401. */
  | 'unauthorized'
  /** HTTP 429 that no waiting mends: the account's quota is used up. */
  | 'quota'
  /** HTTP 400: the prompt is longer than the context window. */
  | 'context'
  /** The reply to a structured call is not its JSON. */
  | 'bad-json';

/** The faults that pass: a client that tries again gets its reply. `stall` passes too, but takes as long as the client is patient. */
export const passingFaults: readonly FaultKind[] = [
  'rate-limit',
  'rate-limit-date',
  'server-error',
  'overloaded',
  'reset',
  'cut',
  'early-end',
  'stream-error',
  'content-type',
];

/** Decides which calls fail. The decision depends on the seed, the request and how often it came, never on the order of the calls. */
export class FaultPlan {
  readonly #seed: number;
  readonly #failRate: number;
  readonly #kinds: readonly FaultKind[];
  readonly #seen = new Map<string, number>();

  /** Makes a plan. */
  constructor(seed: number, failRate: number, kinds: readonly FaultKind[]) {
    this.#seed = seed;
    this.#failRate = failRate;
    this.#kinds = kinds;
  }

  /** The fault of the next call with this body; `undefined` = it is answered. */
  next(body: string): FaultKind | undefined {
    const request = digest('fault-server', this.#seed, body);
    const occurrence = this.#seen.get(request) ?? 0;
    this.#seen.set(request, occurrence + 1);
    const hash = digest(request, occurrence);
    if (fraction(hash, 0) >= this.#failRate) return undefined;
    return this.#kinds[Math.floor(fraction(hash, 8) * this.#kinds.length)];
  }
}

function fraction(hash: string, at: number): number {
  return Number.parseInt(hash.slice(at, at + 8), 16) / 2 ** 32;
}
