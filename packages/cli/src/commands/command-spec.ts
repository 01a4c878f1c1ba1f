import type { FlagSpec } from '../args/flag-spec.ts';
import type { CommandContext } from './context.ts';

/** What runs a command: returns the exit code. */
export type CommandRun = (context: CommandContext) => Promise<number>;

/** A command of the command line. */
export interface CommandSpec {
  /** Its name; a subcommand's name holds a space. */
  readonly name: string;
  /** Its words, as the help shows them. */
  readonly usage: string;
  /** The fewest and the most words it takes. */
  readonly words: readonly [number, number];
  /** What it does, one line. */
  readonly summary: string;
  /** More about it, for its own help. */
  readonly details?: string;
  /** Its flags besides the global ones. */
  readonly flags: readonly FlagSpec[];
  /** Examples: a command line and what it does. */
  readonly examples: readonly (readonly [string, string])[];
  /** What completes its words. */
  readonly complete?: 'session' | 'pipeline' | 'setting' | 'shell' | 'file';
  /** Loads its code. */
  readonly load: () => Promise<CommandRun>;
}
