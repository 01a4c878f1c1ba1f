import type { JsonObject } from '@orc/cache';

import type { Clock } from '../../clock.ts';
import type {
  ModelCallOptions,
  ModelCapabilities,
  ModelClient,
  ModelReply,
  ModelRequest,
  ModelStream,
  ModelUsage,
} from '../model-client.ts';
import { estimateTokens, usageFromTexts } from '../token-estimate.ts';
import { readKnobs, scribeId, type ScribeKnobs } from './knobs.ts';
import { hashText } from './random.ts';
import { SimulatedFailure } from './simulated-failure.ts';

/** How the scribe is made. */
export interface ScribeOptions {
  /** Where it takes the time from for `latencyMs` and `tokensPerSecond`. @defaultValue real time */
  readonly clock?: Clock | undefined;
}

// Unlike the engine's clock, these timers keep the process alive: a reply that is being written is work.
const realTime: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  setTimeout: (callback, milliseconds) => setTimeout(callback, milliseconds),
  clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
};

class Scribe implements ModelClient {
  readonly id = scribeId;
  readonly identity: JsonObject;
  readonly capabilities: ModelCapabilities = Object.freeze({ network: false, priced: false });
  readonly #knobs: ScribeKnobs;
  readonly #clock: Clock;
  /** How often each prompt came, so that the next attempt at a call that failed draws anew. */
  readonly #calls = new Map<number, number>();

  constructor(knobs: ScribeKnobs, clock: Clock) {
    this.#knobs = knobs;
    this.#clock = clock;
    this.identity = Object.freeze({ provider: 'offline', model: 'scribe', grammar: 2, seed: knobs.seed });
  }

  async generate(request: ModelRequest, options?: ModelCallOptions): Promise<ModelReply> {
    const stream = this.stream(request, options);
    return stream.reply;
  }

  stream(request: ModelRequest, options?: ModelCallOptions): ModelStream {
    const chunks: string[] = [];
    let wake: (() => void) | undefined;
    let ended = false;
    const reply = this.#write(request, options?.signal, (chunk) => {
      chunks.push(chunk);
      wake?.();
    }).finally(() => {
      ended = true;
      wake?.();
    });
    // Who only iterates learns of a failure from the iteration; the promise must not count as unhandled.
    reply.catch(() => undefined);
    return {
      reply,
      async *[Symbol.asyncIterator]() {
        for (let next = 0; ;) {
          if (next < chunks.length) {
            yield chunks[next] as string;
            next += 1;
            continue;
          }
          if (ended) break;
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        await reply;
      },
    };
  }

  priceOf(_usage: ModelUsage): number {
    return 0;
  }

  async #write(
    request: ModelRequest,
    signal: AbortSignal | undefined,
    chunk: (text: string) => void,
  ): Promise<ModelReply> {
    signal?.throwIfAborted();
    await this.#wait(this.#knobs.latencyMs, signal);
    this.#fail(request);
    // Its word banks are loaded with the first reply: a run that the cache answers needs none of them.
    const { compose } = await import('./reply.ts');
    const composed = compose(request, this.#knobs.seed);
    const stopped = cutAt(composed.text, request.stop);
    const most = request.maxOutputTokens;
    const truncated = most !== undefined && estimateTokens(stopped) > most;
    const text = truncated ? stopped.slice(0, most * 4) : stopped;
    for (const piece of text.match(/\S+\s*|\s+/gu) ?? []) {
      if (this.#knobs.tokensPerSecond > 0)
        await this.#wait((estimateTokens(piece) * 1000) / this.#knobs.tokensPerSecond, signal);
      chunk(piece);
    }
    signal?.throwIfAborted();
    const usage = usageFromTexts(request, text);
    const whole = !truncated && composed.object !== undefined ? { object: composed.object } : {};
    return { text, ...whole, finishReason: truncated ? 'length' : 'stop', usage, costUsd: 0, attempts: 1 };
  }

  #fail(request: ModelRequest): void {
    const { failRate, rate429, seed } = this.#knobs;
    if (failRate === 0 && rate429 === 0) return;
    const call = hashText(`${request.system ?? ''}\n${request.prompt}`);
    const count = (this.#calls.get(call) ?? 0) + 1;
    this.#calls.set(call, count);
    const draw = hashText(`${seed}|${call}|${count}`) / 0x100000000;
    if (draw < failRate) throw new SimulatedFailure(503);
    if (draw < failRate + rate429) throw new SimulatedFailure(429);
  }

  #wait(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
    if (milliseconds <= 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        this.#clock.clearTimeout(handle);
        // oxlint-disable-next-line prefer-promise-reject-errors -- an aborted call rejects with exactly the signal's reason
        reject(signal?.reason);
      };
      const handle = this.#clock.setTimeout(() => {
        signal?.removeEventListener('abort', abort);
        resolve();
      }, milliseconds);
      signal?.addEventListener('abort', abort, { once: true });
    });
  }
}

function cutAt(text: string, stops: readonly string[] | undefined): string {
  const ends = (stops ?? []).filter((stop) => stop !== '').map((stop) => text.indexOf(stop));
  const first = Math.min(...ends.filter((end) => end >= 0), text.length);
  return text.slice(0, first);
}

/**
 * Makes the built-in model: it needs no key and no network, costs nothing, and gives the same reply to the same request.
 *
 * @param id - `offline/scribe`, with knobs such as `offline/scribe?latencyMs=50&failRate=0.1` where it is to simulate load and faults.
 * @throws OrcError `ERR_ORC_MODEL_UNKNOWN` for an id or a knob that it can't read.
 */
export function createScribe(id: string = scribeId, options: ScribeOptions = {}): ModelClient {
  return new Scribe(readKnobs(id), options.clock ?? realTime);
}
