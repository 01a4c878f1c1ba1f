import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Cancellation } from '../src/run/cancel.ts';
import { fakeHost } from './support/fake-host.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a run that is asked to end', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s aborts the signal and calls for exit code %i', (name, code) => {
    const host = fakeHost();
    const cancellation = new Cancellation(host);
    host.signal(name);
    expect(cancellation.signal.aborted).toBe(true);
    expect(cancellation.exitCode).toBe(code);
    expect(host.exits).toEqual([]);
    cancellation.close();
  });

  it('a second time ends the process at once, after the terminal is as it was', () => {
    const host = fakeHost();
    const cancellation = new Cancellation(host);
    const order: string[] = [];
    cancellation.onHardExit(() => order.push('restored'));
    cancellation.onHardExit(() => {
      throw new Error('a terminal that is gone');
    });
    cancellation.request('q');
    expect(order).toEqual([]);
    host.signal('SIGINT');
    expect(order).toEqual(['restored']);
    expect(host.exits).toEqual([130]);
    cancellation.close();
  });

  it('that takes longer than ten seconds is ended', () => {
    const host = fakeHost();
    const cancellation = new Cancellation(host);
    host.signal('SIGTERM');
    vi.advanceTimersByTime(9_999);
    expect(host.exits).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(host.exits).toEqual([143]);
    cancellation.close();
  });

  it('because its terminal was closed does not mind that the shell says so again, and ends by the signal itself', async () => {
    const host = fakeHost();
    const cancellation = new Cancellation(host);
    host.signal('SIGHUP');
    host.signal('SIGHUP');
    expect(host.exits).toEqual([]);
    expect(host.raised).toEqual([]);
    await vi.advanceTimersByTimeAsync(10_000);
    // Node crashes when it exits by itself on a terminal that is gone.
    expect(host.raised).toEqual(['SIGHUP']);
    expect(host.exits).toEqual([129]);
    cancellation.close();
  });

  it('because its reader left is no failure', () => {
    const host = fakeHost();
    const cancellation = new Cancellation(host);
    cancellation.leave();
    expect(cancellation.signal.aborted).toBe(true);
    expect(cancellation.exitCode).toBe(0);
    cancellation.close();
  });

  it('once closed listens no more', () => {
    const host = fakeHost();
    const cancellation = new Cancellation(host);
    cancellation.close();
    host.signal('SIGINT');
    expect(cancellation.exitCode).toBeUndefined();
  });
});
