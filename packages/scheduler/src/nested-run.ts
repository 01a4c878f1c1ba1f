import { Lanes } from './lanes.ts';
import { SlotHolder } from './slot-holder.ts';

const noLanes = new Lanes(0, 0);

/** A graph run between its nodes and the work that started it. It holds no slot; it passes on that of the work once it is waited for. */
export class NestedRun extends SlotHolder {
  constructor(outer: SlotHolder) {
    super(noLanes, false, 0, outer);
  }

  /** For a run that is started in `outer`, if that is anything. */
  static in(outer: SlotHolder | undefined): NestedRun | undefined {
    return SlotHolder.lives(outer) ? new NestedRun(outer) : undefined;
  }

  protected get wantsSlot(): boolean {
    return false;
  }

  protected queued(): void {
    // It never waits for a slot.
  }

  protected begin(): void {
    // It never asks for a slot.
  }

  protected slotChanged(): void {
    // It never has one.
  }
}
