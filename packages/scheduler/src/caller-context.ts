import { AsyncResource } from 'node:async_hooks';

/**
 * The asynchronous context of a caller: what its `AsyncLocalStorage`s know, for work that waits and is started in the turn of
 * somebody else. Work that starts at once runs in that context anyway, and needs none of these.
 */
export class CallerContext extends AsyncResource {
  /** Of whoever calls this. */
  constructor() {
    super('ORC_SCHEDULER', { requireManualDestroy: true });
  }
}
