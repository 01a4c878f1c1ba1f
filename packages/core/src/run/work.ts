import type { JsonValue } from '@orc/cache';

import type { ModelRequest } from '../ai/model-client.ts';
import type { FileDigests } from '../key/declared-files.ts';
import type { TaskBasis } from './attempt.ts';
import type { CompiledPhase } from './compiled.ts';
import type { UsageSum } from './usage.ts';

/** One task that is to be executed. */
export interface Work {
  readonly phase: CompiledPhase;
  readonly basis: TaskBasis;
  /** Its prompt, as its key was made with. */
  readonly prompt: ModelRequest | undefined;
  readonly key: string;
  /** The files it declares, as its key was made with. */
  readonly files?: FileDigests | undefined;
}

/** What executing a task gave, and took. */
export interface WorkResult {
  readonly output: JsonValue;
  /** What the phase returned, where its schema made another value of it. */
  readonly raw?: JsonValue | undefined;
  /** Whether JSON can't carry what the phase returned. */
  readonly opaque?: boolean | undefined;
  readonly attempts: number;
  readonly usage: UsageSum;
  /** Whether no reply on the way was cut short. */
  readonly whole: boolean;
  readonly threadId?: number | undefined;
  readonly worker?: string | undefined;
  /** Whether it was done ahead. */
  readonly ahead?: boolean | undefined;
}

/** What the attempts of one task share. */
export interface Progress {
  attempts: number;
  whole: boolean;
  /** Whether the last attempt ran out of time and goes on all the same. */
  late: boolean;
  threadId: number | undefined;
  worker: string | undefined;
  readonly usage: UsageSum;
}
