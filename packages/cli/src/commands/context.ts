import type { FlagValues } from '../args/values.ts';
import type { Config } from '../config/load.ts';
import type { Host } from '../host.ts';
import type { Style } from '../output/style.ts';
import type { CommandSpec } from './command-spec.ts';

/** What a command gets. */
export interface CommandContext {
  /** The process around it. */
  readonly host: Host;
  /** The command itself. */
  readonly command: CommandSpec;
  /** Its words. */
  readonly words: readonly string[];
  /** Its flags. */
  readonly flags: FlagValues;
  /** The version of this package. */
  readonly version: string;
  /** The style for stdout. */
  readonly style: Style;
  /** The style for stderr. */
  readonly errorStyle: Style;
  /** Loads the configuration with this call's flags and says its warnings once. */
  readonly config: () => Promise<Config>;
  /** Writes a line for people to stdout, without anything that could drive a terminal. */
  readonly print: (line: string) => void;
  /** Writes what a program reads to stdout: byte for byte, but as text for people on a terminal. */
  readonly printExact: (text: string) => void;
  /** Writes a line for people to stderr, without anything that could drive a terminal. */
  readonly note: (line: string) => void;
  /** Sends notes elsewhere while a view paints on stderr; `undefined` sends them to stderr again. */
  readonly divertNotes: (to: ((line: string) => void) | undefined) => void;
}
