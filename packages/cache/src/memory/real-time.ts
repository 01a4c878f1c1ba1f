const { now: realNow } = Date;
const realTimeout = globalThis.setTimeout;

/**
 * Whether time is what it was when this was loaded. Where a test has put another `Date` or other timers in the place of those, or put them back, the
 * timer that notes the time may never go off: there every look reads the clock. To ask costs nothing once it is compiled.
 */
export function isRealTime(): boolean {
  return Date.now === realNow && globalThis.setTimeout === realTimeout;
}
