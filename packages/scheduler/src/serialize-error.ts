import { decodeValue, encodeValue } from './portable-value.ts';
import type { PortableValue } from './portable-value.ts';
import { SchedulerError } from './errors.ts';
import type { SchedulerErrorCode } from './errors.ts';

/** A thrown value as plain JSON data, ready to cross a thread, a process or Redis. */
export interface SerializedError {
  /** `error` for an `Error`, `value` for anything else that was thrown. */
  readonly kind: 'error' | 'value';
  /** The name of the error's class. */
  readonly name: string;
  /** The error's message. */
  readonly message: string;
  /** Where it was thrown. */
  readonly stack?: string;
  /** The error that caused it. */
  readonly cause?: SerializedError;
  /** The errors of an `AggregateError`. */
  readonly errors?: readonly SerializedError[];
  /** Its own fields, `code` among them; for a thrown non-error, the value. */
  readonly data?: PortableValue;
}

const builtIn: Readonly<Record<string, new (message: string) => Error>> = {
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};
const standardFields = new Set(['name', 'message', 'stack', 'cause', 'errors']);
const deepest = 16;

/** Turns anything that was thrown into plain data: class name, message, stack, `code`, `cause`, `errors` and own fields. */
export function serializeError(thrown: unknown): SerializedError {
  return serialize(thrown, 0);
}

function serialize(thrown: unknown, depth: number): SerializedError {
  if (!isErrorLike(thrown)) {
    return { kind: 'value', name: 'Error', message: text(thrown), data: encodeValue(thrown) };
  }
  const own: Record<string, unknown> = {};
  for (const key of Object.keys(thrown)) {
    if (!standardFields.has(key)) own[key] = read(thrown, key);
  }
  const cause = read(thrown, 'cause');
  const errors = read(thrown, 'errors');
  const stack = read(thrown, 'stack');
  return {
    kind: 'error',
    name: className(thrown),
    message: text(read(thrown, 'message')),
    ...(typeof stack === 'string' ? { stack } : {}),
    ...(cause === undefined || depth >= deepest ? {} : { cause: serialize(cause, depth + 1) }),
    ...(Array.isArray(errors) && depth < deepest ? { errors: errors.map((one) => serialize(one, depth + 1)) } : {}),
    ...(Object.keys(own).length === 0 ? {} : { data: encodeValue(own) }),
  };
}

/**
 * Rebuilds what {@link serializeError} took apart. Built-in classes, `AggregateError`, `DOMException` and `SchedulerError` come back
 * as such; any other class comes back as an `Error` that carries its name and own fields.
 */
export function reviveError(serialized: SerializedError): unknown {
  const data = serialized.data === undefined ? undefined : decodeValue(serialized.data);
  if (serialized.kind === 'value') return data;
  const error = construct(serialized, data);
  if (serialized.stack !== undefined) hide(error, 'stack', serialized.stack);
  if (serialized.cause !== undefined) hide(error, 'cause', reviveError(serialized.cause));
  if (error.name !== serialized.name) hide(error, 'name', serialized.name);
  if (typeof data === 'object' && data !== null) {
    for (const [key, value] of Object.entries(data)) {
      Object.defineProperty(error, key, { value, configurable: true, enumerable: true, writable: true });
    }
  }
  return error;
}

function construct(serialized: SerializedError, data: unknown): Error {
  const { name, message } = serialized;
  if (serialized.errors !== undefined) return new AggregateError(serialized.errors.map(reviveError), message);
  const code = typeof data === 'object' && data !== null ? (data as { code?: unknown }).code : undefined;
  if (name === 'SchedulerError') return new SchedulerError(code as SchedulerErrorCode, message);
  if (name === 'AbortError' || name === 'TimeoutError' || name === 'DataCloneError')
    return new DOMException(message, name);
  const known = Object.hasOwn(builtIn, name) ? builtIn[name] : undefined;
  return new (known ?? Error)(message);
}

function hide(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, { value, configurable: true, enumerable: false, writable: true });
}

function isErrorLike(value: unknown): value is object {
  if (value instanceof Error) return true;
  // An error of another realm (a vm context, a test runner's sandbox) fails instanceof.
  return (
    Object.prototype.toString.call(value) === '[object Error]' ||
    Object.prototype.toString.call(value) === '[object DOMException]'
  );
}

function className(error: object): string {
  const name = read(error, 'name');
  const constructorName = read(read(error, 'constructor'), 'name');
  // A class that never set `name` inherits "Error"; its constructor still tells what it is.
  const inherited = typeof name !== 'string' || name === '' || name === 'Error';
  return inherited && typeof constructorName === 'string' && constructorName !== '' ? constructorName : text(name);
}

function read(value: unknown, key: string): unknown {
  try {
    return (value as Record<string, unknown> | null | undefined)?.[key];
  } catch {
    return undefined;
  }
}

function text(value: unknown): string {
  try {
    return String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
