import type { MessagePort } from 'node:worker_threads';

import { SchedulerError } from '../errors.ts';
import { isMoved } from '../moved.ts';
import { serializeError } from '../serialize-error.ts';
import type { TaskFunction } from '../task.ts';
import { CallContext } from './call-context.ts';
import type { AbortMessage, CallMessage, HelloMessage, Reply, ThreadMessage } from './messages.ts';

const functions = new Map<string, TaskFunction<unknown>>();
let control: MessagePort | undefined;
let flags: Int32Array = new Int32Array(1);
let current: CallContext | undefined;

/** What tinypool calls on the thread. It never rejects: whatever goes wrong comes back as a reply that says what. */
export default async function main(message: HelloMessage | CallMessage): Promise<Reply> {
  if (message.kind === 'hello') {
    control = message.control;
    flags = message.flags;
    control.on('message', (abort: AbortMessage) => current?.receive(abort));
    return { kind: 'value', value: undefined };
  }
  try {
    const task = functions.get(`${message.export} ${message.module}`) ?? (await load(message));
    const port = control as MessagePort;
    const context = new CallContext(message, port, flags);
    current = context;
    return reply(await task(message.input, context), message, port);
  } catch (error) {
    return { kind: 'thrown', error: serializeError(error) };
  } finally {
    current = undefined;
  }
}

function reply(result: unknown, message: CallMessage, port: MessagePort): Reply {
  const moved = isMoved(result);
  const value = moved ? result.value : result;
  if (
    !moved &&
    (value === null || (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol'))
  ) {
    return { kind: 'value', value };
  }
  // Posted here and not returned: a result that cannot be cloned would end the thread inside tinypool.
  const posted: ThreadMessage = { kind: 'result', call: message.call, value };
  try {
    port.postMessage(posted, moved ? [...result.transfer] : []);
  } catch (cause) {
    const where = `\`${message.export}\` of ${message.module}`;
    throw new SchedulerError(
      'ERR_SCHEDULER_TASK_RESULT',
      `Expected the result of ${where} to be plain data that can be cloned: ${(cause as Error).message}`,
      { cause },
    );
  }
  return { kind: 'posted' };
}

async function load(message: CallMessage): Promise<TaskFunction<unknown>> {
  const loaded = await importModule(message.module);
  const task = loaded[message.export];
  if (typeof task !== 'function') {
    const names = Object.keys(loaded).map((name) => `\`${name}\``);
    throw new SchedulerError(
      'ERR_SCHEDULER_TASK_EXPORT',
      `Expected ${message.module} to export a function \`${message.export}\`, it exports ${names.join(', ') || 'nothing'}`,
    );
  }
  functions.set(`${message.export} ${message.module}`, task as TaskFunction<unknown>);
  return task as TaskFunction<unknown>;
}

async function importModule(href: string): Promise<Record<string, unknown>> {
  try {
    return (await import(href)) as Record<string, unknown>;
  } catch (cause) {
    const typescript = (cause as { code?: unknown } | null)?.code === 'ERR_UNKNOWN_FILE_EXTENSION';
    const reason = typescript
      ? `this Node.js (${process.version}) cannot load TypeScript on a thread; point \`module\` at the built .js file`
      : cause instanceof Error
        ? cause.message
        : String(cause);
    throw new SchedulerError('ERR_SCHEDULER_TASK_MODULE', `Could not load the task's module ${href}: ${reason}`, {
      cause,
    });
  }
}
