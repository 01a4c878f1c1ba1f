import { channel } from 'node:diagnostics_channel';

import type { Clock } from '../clock.ts';
import type { EventBase, OrcEvent } from '../events.ts';
import { EventStream } from './event-stream.ts';
import { isThenable } from './plain-answer.ts';

// For tools that watch a process from outside; costs nothing while nobody subscribes.
const outside = channel('orc:pipeline');

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** An event before it is stamped. */
export type EventBody = Without<OrcEvent, keyof EventBase>;

/** Where a task tells what it does. */
export interface EventSink {
  /** Whether anybody wants the text while it is written. */
  readonly wantsDeltas: boolean;
  /** Takes an event. */
  emit(body: EventBody): void;
}

/** Hands the events of one run to its listeners. One that throws gets the later events all the same, and stops neither the run nor the process. */
export class EventHub implements EventSink {
  /** Told of the first exception of a listener, and of the event that it got. */
  onListenerError: ((error: unknown, event: OrcEvent['type']) => void) | undefined;
  readonly #clock: Clock;
  readonly #start: number;
  readonly #listeners = new Set<(event: OrcEvent) => unknown>();
  /** Everything but deltas and progress, not stamped yet: what was told, and when. */
  readonly #bodies: EventBody[] = [];
  readonly #times: number[] = [];
  readonly #streams = new Set<EventStream>();
  #details = 0;
  #ended = false;
  #told = false;

  /** A hub whose `elapsedMs` counts from now. */
  constructor(clock: Clock) {
    this.#clock = clock;
    this.#start = clock.now();
  }

  /** Milliseconds since the run started. */
  get elapsedMs(): number {
    return this.#clock.now() - this.#start;
  }

  /** Whether anything has been told. */
  get begun(): boolean {
    return this.#bodies.length > 0;
  }

  /** Whether anybody wants the text while it is written. */
  get wantsDeltas(): boolean {
    return this.#details > 0 && !this.#ended;
  }

  /** Everything that has been told so far, without `task-delta` and `task-progress`; stamped when somebody looks. */
  *recorded(): Iterable<OrcEvent> {
    for (const [index, body] of this.#bodies.entries()) yield this.#stamp(body, this.#times[index] as number);
  }

  /** Keeps an event for the report, and hands it out to whoever listens. `now` is for who has just looked at the clock. */
  emit(body: EventBody, now: number = this.#clock.now()): void {
    if (this.#ended) return;
    if (body.type !== 'task-delta' && body.type !== 'task-progress') {
      this.#bodies.push(body);
      this.#times.push(now);
    }
    if (this.#listeners.size === 0 && !outside.hasSubscribers) return;
    const event = this.#stamp(body, now);
    if (outside.hasSubscribers) outside.publish(event);
    for (const listener of this.#listeners) {
      try {
        const answer = listener(event);
        if (isThenable(answer)) answer.then(undefined, (error: unknown) => this.#listenerFailed(error, body));
      } catch (error) {
        this.#listenerFailed(error, body);
      }
    }
  }

  /** A listener is a guest: what it throws ends neither the run nor the process, and is told to the others and in the result. */
  #listenerFailed(error: unknown, body: EventBody): void {
    if (this.#told) return;
    this.#told = true;
    this.onListenerError?.(error, body.type);
  }

  #stamp(body: EventBody, now: number): OrcEvent {
    return { ...body, at: Math.round(now), elapsedMs: now - this.#start };
  }

  /** Adds a listener; `deltas: false` says that it does not need `task-delta`. Returns how to take it away. */
  subscribe(listener: (event: OrcEvent) => unknown, options: { readonly deltas?: boolean } = {}): () => void {
    const deltas = options.deltas ?? true;
    // One closure per subscription, so that the same function can listen twice.
    const own = (event: OrcEvent): unknown => (deltas || event.type !== 'task-delta' ? listener(event) : undefined);
    this.#listeners.add(own);
    if (deltas) this.#details += 1;
    return () => {
      if (this.#listeners.delete(own) && deltas) this.#details -= 1;
    };
  }

  /** The events from now to the end of the run. */
  iterate(): AsyncIterator<OrcEvent> {
    const stop = this.subscribe((event) => {
      stream.push(event);
      if (event.type === 'run-end') stream.end();
    });
    const stream = new EventStream(() => {
      stop();
      this.#streams.delete(stream);
    });
    if (this.#ended) stream.end();
    else this.#streams.add(stream);
    return stream;
  }

  /** Ends all iterations and lets go of all listeners. */
  end(): void {
    this.#ended = true;
    for (const stream of this.#streams) stream.end();
    this.#streams.clear();
    this.#listeners.clear();
    this.#details = 0;
  }
}
