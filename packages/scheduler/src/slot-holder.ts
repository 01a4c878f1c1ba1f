import type { Awaitable } from './child-promise.ts';
import type { Lanes } from './lanes.ts';
import { Ring } from './ring.ts';
import type { Waiter } from './waiting-line.ts';

/** Where a holder stands: nowhere, in line, on a slot of its own, or as a guest on the slot of the work that started it. */
type Place = 'none' | 'line' | 'own' | 'guest';

/**
 * Something that takes a slot, holds it and gives it back. While every slot is taken it lends its own to the work that it has
 * started itself and waits for, one piece at a time: so nothing ever waits for a slot that it holds itself, to any depth.
 */
export abstract class SlotHolder implements Waiter, Awaitable {
  readonly cpu: boolean;
  readonly priority: number;
  place = 0;
  gone = false;
  readonly #lanes: Lanes;
  /** What was running when this was started; its slot, or that of what it was started in itself, may be borrowed. */
  #outer: SlotHolder | undefined;
  #where: Place = 'none';
  #host: SlotHolder | undefined;
  #guest: SlotHolder | undefined;
  /** What is waited for and in line, to be guests of this one in turn. Some have left the line since. */
  #children: Ring<SlotHolder> | undefined;
  /** What is waited for in this one and in line, while nobody waits for this one: so nothing around it may lend its slot. */
  #barred: Ring<SlotHolder> | undefined;
  /** Somebody waits for this one. */
  #awaited = false;
  /** The last one, outwards, among whose children it has been put since it is in line; itself when nothing outside stops it. */
  #asked: SlotHolder | undefined;
  #hosting = false;
  #over = false;
  /** What stands in line for it: itself, until it has once left the line out of turn. */
  #ticket: Waiter = this;
  /** Counts the times that it was let go: who waited without the slot meanwhile must not take one for what came after. */
  #tenure = 0;
  #releases = 0;
  #goOn: (() => void) | undefined;

  constructor(lanes: Lanes, cpu: boolean, priority: number, outer: SlotHolder | undefined) {
    this.#lanes = lanes;
    this.cpu = cpu;
    this.priority = priority;
    if (outer === undefined) return;
    this.#outer = SlotHolder.#living(outer);
    // Work that starts its own successor, for ever, must not drag along all that was before.
    if (outer.#outer !== undefined) outer.#outer = SlotHolder.#living(outer.#outer);
  }

  /** The nearest work, from this one outwards, that holds one of these slots right now. */
  static hostIn(lanes: Lanes, from: SlotHolder | undefined): SlotHolder | undefined {
    let holder = from;
    while (holder !== undefined && !(holder.#lanes === lanes && holder.holds)) holder = holder.#outer;
    return holder;
  }

  /** Whether anything around it goes on still. */
  static lives(holder: SlotHolder | undefined): holder is SlotHolder {
    return holder !== undefined && SlotHolder.#living(holder) !== undefined;
  }

  /** Puts a holder in a ring, and first takes those out that no longer wait: a parent that never ends must not collect them. */
  static #put(ring: Ring<SlotHolder> | undefined, child: SlotHolder): Ring<SlotHolder> {
    const to = ring ?? new Ring<SlotHolder>();
    for (let first = to.peek(); first !== undefined && first.#where !== 'line'; first = to.peek()) to.shift();
    to.push(child);
    return to;
  }

  static #living(holder: SlotHolder): SlotHolder | undefined {
    let found: SlotHolder | undefined = holder;
    while (found !== undefined && found.#over) found = found.#outer;
    return found;
  }

  /** Whether it holds a slot, its own or a borrowed one. */
  get holds(): boolean {
    return this.#where === 'own' || this.#where === 'guest';
  }

  /** Takes a slot: a free one at once, else, if it is waited for, its host's, else the next in its turn. Then `begin` is called. */
  enter(): void {
    // The line still holds the place it has left; taken up again, that place would count twice.
    if (this.#ticket.gone) this.#ticket = this.#ticketOf(this.priority);
    this.#enter();
  }

  /** Somebody waits for it: what it was started in may lend it the slot. */
  waitedFor(): void {
    this.#awaited = true;
    this.#borrow();
    const barred = this.#barred;
    this.#barred = undefined;
    SlotHolder.#borrowAll(barred);
  }

  /** The lanes call it when a slot is this one's own. */
  start(): void {
    this.#where = 'own';
    this.#seated();
  }

  /** Leaves the line before its turn. */
  quit(): void {
    if (this.#where !== 'line') return;
    this.#where = 'none';
    this.#lanes.drop(this.#ticket);
  }

  /** Gives the slot up, if it holds one; a guest keeps it. */
  leave(): void {
    this.#tenure += 1;
    this.#releases = 0;
    this.goOnWithout();
    this.#giveBack();
  }

  /** It is over for good: nothing that it started looks to it for a slot any more. */
  retire(): void {
    this.#over = true;
    const children = this.#children;
    const barred = this.#barred;
    this.#children = undefined;
    this.#barred = undefined;
    if (this.#outer !== undefined) this.#outer = SlotHolder.#living(this.#outer);
    this.leave();
    // What it leaves behind in line looks to what is around it from now on.
    SlotHolder.#borrowAll(children);
    SlotHolder.#borrowAll(barred);
  }

  /** Gives the slot back while `wait` goes on, and takes one again after it, ahead of what has not begun. */
  async vacate<T>(wait: () => T | Promise<T>): Promise<T> {
    const tenure = this.#tenure;
    this.#releases += 1;
    if (this.holds) {
      this.slotChanged(-1);
      this.#giveBack();
    }
    try {
      return await wait();
    } finally {
      if (tenure === this.#tenure) {
        this.#releases -= 1;
        if (this.#releases === 0 && !this.holds && this.wantsSlot) await this.#takeAgain();
      }
    }
  }

  /** Called when it has to wait for a slot: `begin`, if that is still to come, will be called in the turn of somebody else. */
  protected abstract queued(): void;

  /** Called with a slot held, for the first time or after `enter` was called again. */
  protected abstract begin(): void;

  /** Whether it needs a slot to go on: what only cleans up after an abort does not. */
  protected abstract get wantsSlot(): boolean;

  /** Hears that it goes on without its slot, or has one again. */
  protected abstract slotChanged(change: 1 | -1): void;

  /** Lets it go on without the slot that it has given back and waits for. */
  protected goOnWithout(): void {
    const goOn = this.#goOn;
    if (goOn === undefined) return;
    this.#goOn = undefined;
    this.quit();
    goOn();
  }

  #takeAgain(): Promise<void> {
    return new Promise((resolve) => {
      this.#goOn = resolve;
      this.#ticket = this.#ticketOf(Infinity);
      this.#enter();
    });
  }

  #enter(): void {
    this.#where = 'line';
    this.#asked = undefined;
    this.#lanes.enter(this.#ticket);
    if (this.#where !== 'line') return;
    this.queued();
    if (this.#awaited) this.#borrow();
  }

  /** If it is in line: goes on the slot of the nearest work around it that holds one, now or when the guests before it have gone. */
  #borrow(): void {
    if (this.#where !== 'line' || this.#outer === undefined) return;
    const first = SlotHolder.#living(this.#outer);
    let last = first;
    while (last !== undefined && last.#awaited && !this.#mayUse(last))
      last = last.#outer && SlotHolder.#living(last.#outer);
    if (last !== undefined && this.#mayUse(last) && last.#guest === undefined && !last.#hosting) {
      this.quit();
      this.#lodge(last);
      return;
    }
    // Who waits again and again, as by `Promise.race` in a loop, puts it there once.
    if (this.#asked === (last ?? this)) return;
    this.#asked = last ?? this;
    for (let holder = first; holder !== undefined; holder = holder.#outer && SlotHolder.#living(holder.#outer)) {
      // One without a slot has given it back for a while: the children get it when it has one again.
      if (holder.#lanes === this.#lanes) holder.#children = SlotHolder.#put(holder.#children, this);
      if (holder !== last) continue;
      if (!this.#mayUse(holder)) holder.#barred = SlotHolder.#put(holder.#barred, this);
      return;
    }
  }

  #mayUse(holder: SlotHolder): boolean {
    return holder.#lanes === this.#lanes && holder.holds;
  }

  static #borrowAll(ring: Ring<SlotHolder> | undefined): void {
    if (ring === undefined) return;
    for (let child = ring.shift(); child !== undefined; child = ring.shift()) child.#borrow();
  }

  #lodge(host: SlotHolder): void {
    host.#guest = this;
    this.#host = host;
    this.#where = 'guest';
    this.#seated();
  }

  #seated(): void {
    const goOn = this.#goOn;
    if (goOn === undefined) {
      this.begin();
      return;
    }
    this.#goOn = undefined;
    // Its last ticket was for this return only.
    this.#ticket.gone = true;
    this.slotChanged(1);
    if (this.#children !== undefined) this.#nextGuest();
    goOn();
  }

  #giveBack(): void {
    if (!this.holds) return;
    this.#where = 'none';
    const host = this.#host;
    const guest = this.#guest;
    this.#host = undefined;
    this.#guest = undefined;
    if (guest !== undefined) {
      guest.#host = host;
      if (host !== undefined) {
        host.#guest = guest;
        return;
      }
      guest.#where = 'own';
      // The slot goes to work of another kind: the count of thread slots follows.
      this.#lanes.exchange(this.cpu, guest.cpu);
    } else if (host !== undefined) {
      host.#guest = undefined;
      host.#nextGuest();
    } else {
      this.#lanes.leave(this.cpu);
    }
  }

  #nextGuest(): void {
    // Guests that end synchronously come back here while they are being started: a loop, not a recursion.
    if (this.#hosting) return;
    this.#hosting = true;
    try {
      while (this.#guest === undefined && this.holds) {
        const child = this.#children?.shift();
        if (child === undefined) break;
        if (child.#where !== 'line') continue;
        child.quit();
        child.#lodge(this);
      }
    } finally {
      this.#hosting = false;
    }
  }

  #ticketOf(priority: number): Waiter {
    return { cpu: this.cpu, priority, place: 0, gone: false, start: () => this.start() };
  }
}
