import type { ErrorInfo } from './events.ts';

/** Every code that an {@link OrcError} can carry. Callers branch on it; messages may change in a patch. */
export type OrcErrorCode =
  // Definitions and options: the caller's mistake, told before anything runs.
  | 'ERR_ORC_OPTION'
  | 'ERR_ORC_REQUEST'
  | 'ERR_ORC_PHASE'
  | 'ERR_ORC_PIPELINE'
  | 'ERR_ORC_PIPELINE_NOT_FOUND'
  | 'ERR_ORC_PIPELINE_CHANGED'
  | 'ERR_ORC_PIPELINE_FILE'
  | 'ERR_ORC_CLOSED'
  // Running a phase.
  | 'ERR_ORC_PHASE_FAILED'
  | 'ERR_ORC_UNDECLARED'
  | 'ERR_ORC_ITEMS'
  | 'ERR_ORC_INPUT_INVALID'
  | 'ERR_ORC_OUTPUT_INVALID'
  | 'ERR_ORC_OUTPUT_NOT_JSON'
  | 'ERR_ORC_ARTIFACT'
  | 'ERR_ORC_TIMEOUT'
  | 'ERR_ORC_CANCELLED'
  // Talking to a model.
  | 'ERR_ORC_MODEL'
  | 'ERR_ORC_MODEL_MISSING'
  | 'ERR_ORC_MODEL_UNKNOWN'
  | 'ERR_ORC_MODEL_PROVIDER'
  | 'ERR_ORC_MODEL_AUTH'
  | 'ERR_ORC_MODEL_REQUEST'
  | 'ERR_ORC_MODEL_CONTEXT'
  | 'ERR_ORC_MODEL_RATE_LIMIT'
  | 'ERR_ORC_MODEL_QUOTA'
  | 'ERR_ORC_MODEL_UNAVAILABLE'
  | 'ERR_ORC_MODEL_TIMEOUT'
  | 'ERR_ORC_MODEL_STREAM'
  | 'ERR_ORC_MODEL_TRUNCATED'
  | 'ERR_ORC_MODEL_FILTERED'
  | 'ERR_ORC_MODEL_OUTPUT'
  | 'ERR_ORC_BUDGET'
  // Sessions.
  | 'ERR_ORC_DATA_DIR'
  | 'ERR_ORC_SESSION_NOT_FOUND'
  | 'ERR_ORC_SESSION_EXISTS'
  | 'ERR_ORC_SESSION_LOCKED'
  | 'ERR_ORC_SESSION_VERSION'
  | 'ERR_ORC_SESSION_CORRUPT'
  | 'ERR_ORC_SESSION_FOREIGN'
  | 'ERR_ORC_SESSION_CLOSED'
  // Other machines.
  | 'ERR_ORC_BROKER'
  | 'ERR_ORC_REMOTE'
  | 'ERR_ORC_REFUSED';

/** What an {@link OrcError} can carry besides its code and message. */
export interface OrcErrorOptions {
  /** The error that caused this one. */
  readonly cause?: unknown;
  /** What to do about it, one sentence. */
  readonly hint?: string | undefined;
  /** The phase it came from. */
  readonly phase?: string | undefined;
  /** The task it came from. */
  readonly task?: string | undefined;
  /** Whether trying the same again may help. */
  readonly retryable?: boolean | undefined;
}

const brand = Symbol.for('@orc/core/error');

/** Every error that `@orc/core` makes itself. An abort is never wrapped: it rejects with exactly `signal.reason`. */
export class OrcError extends Error {
  /** What went wrong, stable across versions. */
  readonly code: OrcErrorCode;
  /** What to do about it, where that is known. */
  readonly hint: string | undefined;
  /** The phase it came from. */
  readonly phase: string | undefined;
  /** The task it came from. */
  readonly task: string | undefined;
  /** Whether trying the same again may help; `undefined` leaves it to the policy. */
  readonly retryable: boolean | undefined;

  /** Makes an error with a stable code. */
  constructor(code: OrcErrorCode, message: string, options: OrcErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.phase = options.phase;
    this.task = options.task;
    this.retryable = options.retryable;
  }
}

// On the prototype, so that two installed copies recognise each other's errors and neither shows in a dump.
Object.defineProperty(OrcError.prototype, 'name', { value: 'OrcError', configurable: true, writable: true });
Object.defineProperty(OrcError.prototype, brand, { value: true });

/** Tells whether a value is an {@link OrcError}, also one of another installed copy of this package. */
export function isOrcError(value: unknown): value is OrcError {
  return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[brand] === true;
}

/** An error as data, for events, the report and the session. A code of its own (`ERR_…`, `ENOENT`) is kept; without one it is `ERR_ORC_PHASE_FAILED`. */
export function errorInfo(
  error: unknown,
  where: { readonly phase?: string | undefined; readonly task?: string | undefined } = {},
): ErrorInfo {
  const fields = typeof error === 'object' && error !== null ? (error as Record<string, unknown>) : {};
  const code = typeof fields['code'] === 'string' ? fields['code'] : defaultCode(fields['name']);
  const message = typeof fields['message'] === 'string' ? fields['message'] : String(error);
  const phase = typeof fields['phase'] === 'string' ? fields['phase'] : where.phase;
  const task = typeof fields['task'] === 'string' ? fields['task'] : where.task;
  return {
    code,
    message,
    ...(phase === undefined ? {} : { phase }),
    ...(task === undefined ? {} : { task }),
    ...(typeof fields['hint'] === 'string' ? { hint: fields['hint'] } : {}),
  };
}

function defaultCode(name: unknown): OrcErrorCode {
  if (name === 'TimeoutError') return 'ERR_ORC_TIMEOUT';
  if (name === 'AbortError') return 'ERR_ORC_CANCELLED';
  return 'ERR_ORC_PHASE_FAILED';
}

/** A value as an error message shows it: `` `0` (number) ``. */
export function shown(value: unknown): string {
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  let text: string;
  if (typeof value === 'string') text = JSON.stringify(value);
  else if (typeof value === 'object' && value !== null) return type;
  else if (typeof value === 'function') return `function ${value.name || '(anonymous)'}`;
  else text = String(value);
  return `\`${text.length > 80 ? `${text.slice(0, 77)}…` : text}\` (${type})`;
}
