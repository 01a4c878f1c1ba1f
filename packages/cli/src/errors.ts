import { exitCodes, type ExitCode } from './exit-code.ts';

/** The codes of the command's own errors. */
export type CliErrorCode =
  | 'ERR_CLI_USAGE'
  | 'ERR_CLI_CONFIG'
  | 'ERR_CLI_OUTPUT'
  | 'ERR_CLI_PEER'
  | 'ERR_CLI_SESSION'
  | 'ERR_CLI_FAILED';

const brand = Symbol.for('@orc/cli/error');

/** An error that people cause and can mend: shown as its message, a hint, and an exit code, never as a stack trace. */
export class CliError extends Error {
  static {
    Object.defineProperty(this.prototype, 'name', { value: 'CliError', enumerable: false });
    Object.defineProperty(this.prototype, brand, { value: true });
  }

  /** The code to branch on. */
  readonly code: CliErrorCode;
  /** The exit code of the process. */
  readonly exitCode: ExitCode;
  /** What to do about it. */
  readonly hint: string | undefined;

  /** Makes an error with its code, exit code and hint. */
  constructor(
    code: CliErrorCode,
    message: string,
    options: { readonly exitCode?: ExitCode; readonly hint?: string | undefined; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.exitCode = options.exitCode ?? exitCodes.usage;
    this.hint = options.hint;
  }
}

/** Whether a value is a {@link CliError}, also one of another installed copy. */
export function isCliError(value: unknown): value is CliError {
  return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[brand] === true;
}

/** A usage error: exit code 2. */
export function usageError(message: string, hint?: string): CliError {
  return new CliError('ERR_CLI_USAGE', message, { hint });
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message === '' ? error.name : error.message;
  return String(error);
}

/** The `code` of anything that was thrown, or an empty text. */
export function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' ? code : '';
}
