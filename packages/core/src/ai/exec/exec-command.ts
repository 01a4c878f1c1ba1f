/** A local command that serves as a model: the prompt goes to its stdin, the reply comes from its stdout. Only the user's own configuration may name one. */
export interface ExecCommand {
  /** The program: a name on the `PATH` or a path. No shell reads it. */
  readonly command: string;
  /** Its arguments. */
  readonly args?: readonly string[] | undefined;
  /**
   * The longest time of one call, in milliseconds.
   * @defaultValue the timeout of a call
   */
  readonly timeoutMs?: number | undefined;
}
