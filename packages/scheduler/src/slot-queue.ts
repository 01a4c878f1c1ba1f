import type { Lanes } from './lanes.ts';
import { ReadyHeap } from './node-state.ts';
import type { NodeState } from './node-state.ts';
import { SlotHolder } from './slot-holder.ts';

/** The ready nodes that share a kind of slot. */
class Side {
  readonly cpu: boolean;
  readonly heap: ReadyHeap = new ReadyHeap();
  ready = 0;
  asked = 0;

  constructor(cpu: boolean) {
    this.cpu = cpu;
  }
}

/** One request for a slot, then the slot that a node holds. */
export class Seat extends SlotHolder {
  /** Whether it has waited in line, so that its slot comes in the turn of somebody else. */
  waited = false;
  /** The node that has it; it hears of changes. */
  node: { readonly aborted: boolean; slotChanged(change: 1 | -1): void } | undefined;
  readonly #side: Side;
  readonly #onSlot: (seat: Seat, side: Side) => void;

  constructor(lanes: Lanes, outer: SlotHolder | undefined, side: Side, onSlot: (seat: Seat, side: Side) => void) {
    super(lanes, side.cpu, side.heap.priority, outer);
    this.#side = side;
    this.#onSlot = onSlot;
  }

  /** An aborted node only cleans up. */
  protected get wantsSlot(): boolean {
    return this.node?.aborted === false;
  }

  /** Lets an aborted node go on without the slot that it waits for. */
  override goOnWithout(): void {
    super.goOnWithout();
  }

  protected queued(): void {
    this.waited = true;
  }

  protected begin(): void {
    this.#onSlot(this, this.#side);
  }

  protected slotChanged(change: 1 | -1): void {
    this.node?.slotChanged(change);
  }
}

/**
 * Where a run's ready nodes wait for slots. It asks for one slot per ready node, never for more than could be used, and
 * decides which node gets a slot when the slot comes.
 */
export class SlotQueue {
  readonly #lanes: Lanes;
  readonly #concurrency: number;
  readonly #start: (state: NodeState, seat: Seat) => void;
  readonly #settleRanks: () => void;
  readonly #outer: SlotHolder | undefined;
  readonly #loop: Side = new Side(false);
  readonly #cpu: Side = new Side(true);
  readonly #asked: Set<Seat> = new Set<Seat>();
  readonly #onSlot: (seat: Seat, side: Side) => void;
  #used = 0;

  /**
   * `outer` is what the run was started in, if anything: its slot may be borrowed. `settleRanks` is called before it is decided who goes
   * first.
   */
  constructor(
    lanes: Lanes,
    outer: SlotHolder | undefined,
    concurrency: number,
    start: (state: NodeState, seat: Seat) => void,
    settleRanks: () => void,
  ) {
    this.#lanes = lanes;
    this.#outer = outer;
    this.#concurrency = concurrency;
    this.#start = start;
    this.#settleRanks = settleRanks;
    // By way of a variable: V8 allocates a function that is assigned straight to a property in the old generation, where it would
    // keep the whole run until a full collection.
    const onSlot = (seat: Seat, side: Side): void => this.#granted(seat, side);
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
    for (const seat of this.#asked) seat.quit();
    this.#asked.clear();
  }

  #side(state: NodeState): Side {
    return state.node.lane === 'cpu' ? this.#cpu : this.#loop;
  }

  #ask(side: Side): void {
    const limit = Math.min(this.#concurrency, this.#lanes.limit);
    while (side.asked < side.ready && this.#used + this.#asked.size < limit) {
      const seat = new Seat(this.#lanes, this.#outer, side, this.#onSlot);
      side.asked += 1;
      this.#asked.add(seat);
      // Whether it may borrow a slot is decided by the run: by whether that is waited for.
      seat.waitedFor();
      seat.enter();
    }
  }

  #granted(seat: Seat, side: Side): void {
    this.#asked.delete(seat);
    side.asked -= 1;
    this.#settleRanks();
    const state = side.heap.pop();
    if (state === undefined) {
      seat.retire();
      return;
    }
    side.ready -= 1;
    this.#used += 1;
    this.#start(state, seat);
  }
}
