import { WaitingLine } from './waiting-line.ts';
import type { Waiter } from './waiting-line.ts';

/** The slots: `limit` in all, of which at most `cpuLimit` for work on threads. A free slot goes straight to the next in line. */
export class Lanes {
  #limit: number;
  #cpuLimit: number;
  readonly #loop: WaitingLine = new WaitingLine();
  readonly #cpu: WaitingLine = new WaitingLine();
  #running = 0;
  #runningCpu = 0;
  #places = 0;
  #paused = false;
  #pumping = false;

  constructor(limit: number, cpuLimit: number) {
    this.#limit = limit;
    this.#cpuLimit = cpuLimit;
  }

  get limit(): number {
    return this.#limit;
  }

  get running(): number {
    return this.#running;
  }

  get runningCpu(): number {
    return this.#runningCpu;
  }

  get waiting(): number {
    return this.#loop.size + this.#cpu.size;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** Takes a slot now, or says that none is free. Whoever waits already goes first. */
  tryEnter(cpu: boolean): boolean {
    if (this.#paused || this.#running >= this.#limit || (cpu && this.#runningCpu >= this.#cpuLimit)) return false;
    // While slots are being handed out, a newcomer must not slip in before those in line.
    if (this.#pumping && (cpu ? this.#cpu : this.#loop).size > 0) return false;
    this.#running += 1;
    if (cpu) this.#runningCpu += 1;
    return true;
  }

  /** Starts the waiter at once if a slot is free, else puts it in line. */
  enter(waiter: Waiter): void {
    if (this.tryEnter(waiter.cpu)) {
      waiter.start();
      return;
    }
    this.wait(waiter);
  }

  /** Counts a slot as taken, whether or not one is free: by something that is under way already. `leave` gives it back. */
  occupy(): void {
    this.#running += 1;
  }

  /** Puts the waiter in line without trying for a slot. */
  wait(waiter: Waiter): void {
    this.#places += 1;
    waiter.place = this.#places;
    (waiter.cpu ? this.#cpu : this.#loop).push(waiter);
  }

  /** Takes a waiter out of the line. */
  drop(waiter: Waiter): void {
    (waiter.cpu ? this.#cpu : this.#loop).leave(waiter);
  }

  /** Gives a slot back; the next in line starts in this very turn. */
  leave(cpu: boolean): void {
    this.#running -= 1;
    if (cpu) this.#runningCpu -= 1;
    this.#pump();
  }

  /** A held slot goes from work of one kind to work of another. */
  exchange(from: boolean, to: boolean): void {
    this.#runningCpu += Number(to) - Number(from);
    if (from && !to) this.#pump();
  }

  /** Other limits from now on. With fewer slots than are held, none is handed out until enough have come back. */
  resize(limit: number, cpuLimit: number): void {
    this.#limit = limit;
    this.#cpuLimit = cpuLimit;
    this.#pump();
  }

  /** Starts nothing more until {@link resume}. */
  pause(): void {
    this.#paused = true;
  }

  /** Goes on after {@link pause}. */
  resume(): void {
    this.#paused = false;
    this.#pump();
  }

  #pump(): void {
    // Work that ends synchronously leaves while it is being started: a loop, not a recursion.
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      while (!this.#paused && this.#running < this.#limit) {
        const waiter = this.#next();
        if (waiter === undefined) break;
        this.#running += 1;
        if (waiter.cpu) this.#runningCpu += 1;
        waiter.start();
      }
    } finally {
      this.#pumping = false;
    }
  }

  #next(): Waiter | undefined {
    if (this.#cpu.size === 0 || this.#runningCpu >= this.#cpuLimit) return this.#loop.shift();
    if (this.#loop.size === 0) return this.#cpu.shift();
    const cpu = this.#cpu.peek() as Waiter;
    const loop = this.#loop.peek() as Waiter;
    const cpuFirst = cpu.priority === loop.priority ? cpu.place < loop.place : cpu.priority > loop.priority;
    return (cpuFirst ? this.#cpu : this.#loop).shift();
  }
}
