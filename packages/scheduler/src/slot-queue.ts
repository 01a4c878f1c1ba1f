import type { Lanes } from './lanes.ts';
import { ReadyHeap } from './node-state.ts';
import type { NodeState } from './node-state.ts';
import type { Waiter } from './waiting-line.ts';

/** The ready nodes that share a kind of slot. */
class Side {
  readonly cpu: boolean;
  readonly heap: ReadyHeap = new ReadyHeap();
  ready = 0;
  tickets = 0;

  constructor(cpu: boolean) {
    this.cpu = cpu;
  }
}

/** One request for a slot. */
class Ticket implements Waiter {
  readonly cpu: boolean;
  readonly priority: number;
  place = 0;
  gone = false;
  readonly #side: Side;
  readonly #onSlot: (ticket: Ticket, side: Side) => void;

  constructor(side: Side, onSlot: (ticket: Ticket, side: Side) => void) {
    this.cpu = side.cpu;
    this.priority = side.heap.priority;
    this.#side = side;
    this.#onSlot = onSlot;
  }

  start(): void {
    this.#onSlot(this, this.#side);
  }
}

/**
 * Where a run's ready nodes wait for slots. It asks for one slot per ready node, never for more than could be used, and
 * decides which node gets a slot when the slot comes.
 */
export class SlotQueue {
  readonly #lanes: Lanes;
  readonly #limit: number;
  readonly #start: (state: NodeState) => void;
  readonly #loop: Side = new Side(false);
  readonly #cpu: Side = new Side(true);
  readonly #tickets: Set<Ticket> = new Set<Ticket>();
  readonly #onSlot: (ticket: Ticket, side: Side) => void;
  #used = 0;

  constructor(lanes: Lanes, limit: number, start: (state: NodeState) => void) {
    this.#lanes = lanes;
    this.#limit = limit;
    this.#start = start;
    // By way of a variable: see the same in graph-execution.ts.
    const onSlot = (ticket: Ticket, side: Side): void => this.#granted(ticket, side);
    this.#onSlot = onSlot;
  }

  /** How many nodes wait. */
  get size(): number {
    return this.#loop.ready + this.#cpu.ready;
  }

  /** Adds a ready node. */
  push(state: NodeState): void {
    const side = this.#side(state);
    side.heap.push(state);
    side.ready += 1;
  }

  /** A waiting node's rank has risen: it is put in a second time, where it belongs now. */
  raise(state: NodeState): void {
    this.#side(state).heap.push(state);
  }

  /** A node no longer waits, by its phase. */
  drop(state: NodeState): void {
    this.#side(state).ready -= 1;
  }

  /** Counts a slot that a node of this run has given back or taken again. */
  count(change: 1 | -1): void {
    this.#used += change;
  }

  /** Asks for what can be used now. */
  request(): void {
    this.#ask(this.#loop);
    this.#ask(this.#cpu);
  }

  /** Takes every request back. */
  close(): void {
    for (const ticket of this.#tickets) this.#lanes.drop(ticket);
    this.#tickets.clear();
  }

  #side(state: NodeState): Side {
    return state.node.lane === 'cpu' ? this.#cpu : this.#loop;
  }

  #ask(side: Side): void {
    while (side.tickets < side.ready && this.#used + this.#tickets.size < this.#limit) {
      const ticket = new Ticket(side, this.#onSlot);
      side.tickets += 1;
      this.#tickets.add(ticket);
      this.#lanes.enter(ticket);
    }
  }

  #granted(ticket: Ticket, side: Side): void {
    this.#tickets.delete(ticket);
    side.tickets -= 1;
    const state = side.heap.pop();
    if (state === undefined) {
      this.#lanes.leave(side.cpu);
      return;
    }
    side.ready -= 1;
    this.#used += 1;
    this.#start(state);
  }
}
