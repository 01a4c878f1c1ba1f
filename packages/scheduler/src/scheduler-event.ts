import type { ThreadEvent } from './thread-call.ts';
import type { Lane } from './work.ts';

/** What a scheduler tells those who watch. */
export type SchedulerEvent =
  | {
      /** An attempt of a task has started. */
      readonly type: 'task-start';
      /** Its lane. */
      readonly lane: Lane;
      /** 1 for the first attempt. */
      readonly attempt: number;
    }
  | {
      /** A task has settled. */
      readonly type: 'task-end';
      /** Its lane. */
      readonly lane: Lane;
      /** How it ended. */
      readonly status: 'fulfilled' | 'failed' | 'cancelled';
      /** How many attempts it took. */
      readonly attempts: number;
    }
  | ThreadEvent;
