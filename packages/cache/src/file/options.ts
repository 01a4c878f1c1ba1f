import { checkClock, checkDuration, checkFunction, checkInteger, checkKnown, checkText } from '../check-option.ts';
import { type Clock, systemClock } from '../clock.ts';
import { checkSerializer, type Serializer } from '../serializer.ts';

/** How long processes wait for one another. */
export interface FileTierLockOptions {
  /**
   * How often the holder of a lock shows that it is alive, in ms.
   * @defaultValue 1000
   */
  readonly heartbeat?: number | undefined;
  /**
   * After how long without a sign of life a lock is taken over, in ms. A holder on the same machine whose process is gone loses it at once.
   * @defaultValue 10_000
   */
  readonly staleAfter?: number | undefined;
  /**
   * How long to wait for a living holder before computing without the lock, in ms.
   * @defaultValue 600_000 (10 minutes)
   */
  readonly maxWait?: number | undefined;
}

/** A file could not be read and has been moved into the `corrupt` folder. */
export interface FileCorruptEvent {
  /** Which event. */
  readonly type: 'entry-corrupt';
  /** The key that was asked for, if one was. */
  readonly key?: string | undefined;
  /** What is wrong with it: `checksum`, `truncated`, `foreign`, `key`, … */
  readonly reason: string;
  /** Where it is now. */
  readonly where: string;
}

/** A sweep in the background ended. */
export interface SweepEndEvent {
  /** Which event. */
  readonly type: 'sweep-end';
  /** How many entries it removed. */
  readonly removed: number;
  /** How many bytes they had. */
  readonly bytes: number;
}

/** A sweep in the background failed. */
export interface SweepErrorEvent {
  /** Which event. */
  readonly type: 'sweep-error';
  /** What went wrong. */
  readonly error: unknown;
}

/** What a file tier tells `onEvent`. */
export type FileTierEvent = FileCorruptEvent | SweepEndEvent | SweepErrorEvent;

/** Options of {@link fileTier}. */
export interface FileTierOptions {
  /** The folder; made if it is not there. */
  readonly dir: string;
  /**
   * What events and statistics call the tier.
   * @defaultValue 'file'
   */
  readonly name?: string | undefined;
  /**
   * How long an entry lives at most, in ms, whatever it was stored with.
   * @defaultValue 604_800_000 (7 days)
   */
  readonly ttl?: number | undefined;
  /**
   * How many bytes the entries may take; a sweep removes the least recently used ones until a tenth of it is free. What a burst writes in
   * one turn is bounded by as much again, the oldest of it going first.
   * @defaultValue 268_435_456 (256 MiB)
   */
  readonly maxBytes?: number | undefined;
  /**
   * How long an entry stays that nobody reads, in ms.
   * @defaultValue Infinity
   */
  readonly maxAge?: number | undefined;
  /**
   * How often the folder is swept in the background, in ms, by whichever process comes first; `Infinity` for never.
   * @defaultValue 600_000 (10 minutes)
   */
  readonly sweepInterval?: number | undefined;
  /**
   * What makes texts of values: `v8Serializer`, `compressed()`, or one of your own.
   * @defaultValue JSON; a value that it cannot carry is refused
   */
  readonly serializer?: Serializer | undefined;
  /** How long processes wait for one another. */
  readonly lock?: FileTierLockOptions | undefined;
  /**
   * Where time comes from. The waiting for a lock always uses real time.
   * @defaultValue systemClock
   */
  readonly clock?: Clock | undefined;
  /** Told what the tier noticed. What it throws, or rejects with, is ignored. */
  readonly onEvent?: ((event: FileTierEvent) => void) | undefined;
}

/** {@link FileTierOptions}, checked and complete. */
export interface ResolvedFileOptions {
  readonly dir: string;
  readonly name: string;
  readonly ttl: number;
  readonly maxBytes: number;
  readonly maxAge: number;
  readonly sweepInterval: number;
  readonly lock: { readonly heartbeat: number; readonly staleAfter: number; readonly maxWait: number };
  readonly serializer: Serializer | undefined;
  readonly clock: Clock;
  readonly onEvent: ((event: FileTierEvent) => void) | undefined;
}

const known = [
  'dir',
  'name',
  'ttl',
  'maxBytes',
  'maxAge',
  'sweepInterval',
  'serializer',
  'lock',
  'clock',
  'onEvent',
] as const;

/** Checks the options and fills in the defaults. */
export function resolveFileOptions(options: FileTierOptions): ResolvedFileOptions {
  checkKnown(options, known, 'fileTier');
  const { dir, name = 'file', ttl = 604_800_000, maxBytes = 268_435_456, maxAge = Infinity } = options;
  const { sweepInterval = 600_000, lock = {}, clock = systemClock, onEvent } = options;
  checkSerializer(options.serializer);
  checkKnown(lock, ['heartbeat', 'staleAfter', 'maxWait'], 'lock');
  checkClock(clock);
  checkFunction('onEvent', onEvent);
  return {
    dir: checkText('dir', dir),
    name: checkText('name', name),
    ttl: checkDuration('ttl', ttl),
    maxBytes: maxBytes === Infinity ? maxBytes : checkInteger('maxBytes', maxBytes, 1),
    maxAge: checkDuration('maxAge', maxAge),
    sweepInterval: checkDuration('sweepInterval', sweepInterval),
    lock: {
      heartbeat: checkDuration('lock.heartbeat', lock.heartbeat ?? 1000),
      staleAfter: checkDuration('lock.staleAfter', lock.staleAfter ?? 10_000),
      maxWait: checkDuration('lock.maxWait', lock.maxWait ?? 600_000),
    },
    serializer: options.serializer,
    clock,
    onEvent,
  };
}
