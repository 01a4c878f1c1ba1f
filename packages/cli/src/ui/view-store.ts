import type { OrcEvent } from '@orc/core';

import { plural } from '../output/format.ts';
import { applyEvent, initialRunState, type RunState } from '../state/run-state.ts';
import { endedLine, titleColumns, type Line, type Marks } from './phase-line.ts';
import { headLines } from './frame.ts';

/** A line that stays, with a number of its own. */
export interface StaticLine {
  /** Its number. */
  readonly key: number;
  /** Its pieces. */
  readonly line: Line;
}

/** What the live view shows, outside React: events come far more often than frames. */
export class ViewStore {
  readonly #marks: Marks;
  readonly #columns: () => number;
  readonly #now: () => number;
  #state: RunState = initialRunState;
  #lines: readonly StaticLine[] = [];
  #held: Line[] | undefined;
  #cancelledAt: number | undefined;
  #unreached = 0;

  /** Takes the marks, the width of the window and the clock. */
  constructor(marks: Marks, columns: () => number, now: () => number) {
    this.#marks = marks;
    this.#columns = columns;
    this.#now = now;
  }

  /** The run so far. */
  get state(): RunState {
    return this.#state;
  }

  /** The lines that stay, oldest first; they only ever grow. */
  get lines(): readonly StaticLine[] {
    return this.#lines;
  }

  /** Milliseconds since the run started. */
  get elapsedMs(): number {
    return this.#state.startedAt === 0 ? 0 : Math.max(this.#state.elapsedMs, this.#now() - this.#state.startedAt);
  }

  /** Whether a cancellation takes long enough to be told. */
  get cancelling(): boolean {
    return this.#cancelledAt !== undefined && this.#now() - this.#cancelledAt > 200;
  }

  /** Takes an event. */
  event(event: OrcEvent): void {
    this.#state = applyEvent(this.#state, event);
    if (event.type === 'run-start') this.add(...headLines(this.#state, this.#columns(), this.#marks));
    if (event.type === 'run-cancel') this.cancelled();
    if (event.type === 'phase-end') {
      const phase = this.#state.phases.find(({ id }) => id === event.phase);
      const columns = this.#columns();
      // What a cancelled or failed run did not come to is counted, not listed.
      if (phase?.status === 'skipped' && phase.startedMs === undefined) this.#unreached += 1;
      else if (phase !== undefined)
        this.add(endedLine(phase, columns, titleColumns(this.#state.phases, columns), this.#marks));
    }
    if (event.type === 'run-end' && this.#unreached > 0) {
      this.add([
        { text: `  ${this.#marks.skipped} `, tone: 'dim' },
        { text: `${plural(this.#unreached, 'phase')} not reached`, tone: 'dim' },
      ]);
    }
  }

  /** Remembers when a cancellation was asked for. */
  cancelled(): void {
    this.#cancelledAt ??= this.#now();
  }

  /** Keeps lines back while the terminal is somebody else's, and shows them when it no longer is. */
  hold(held: boolean): void {
    const lines = this.#held ?? [];
    this.#held = held ? lines : undefined;
    if (!held) this.add(...lines);
  }

  /** Adds lines that stay. */
  add(...lines: readonly Line[]): void {
    if (this.#held !== undefined) {
      this.#held.push(...lines);
      return;
    }
    this.#lines = [...this.#lines, ...lines.map((line, index) => ({ key: this.#lines.length + index, line }))];
  }
}
