import type { MessagePort } from 'node:worker_threads';

import { SchedulerError } from '../errors.ts';
import { isMoved } from '../moved.ts';
import { serializeError } from '../serialize-error.ts';
import type { TaskFunction } from '../task.ts';
import { CallContext } from './call-context.ts';
import type { AbortMessage, CallMessage, HelloMessage, Reply, ThreadMessage } from './messages.ts';

/** A task as the thread knows it; the function is missing until its module has been loaded. */
interface KnownTask {
  readonly module: string;
  readonly export: string;
  run: TaskFunction<unknown> | undefined;
}

const tasks = new Map<number, KnownTask>();
let control: MessagePort | undefined;
let flags: Int32Array = new Int32Array(1);
let current: CallContext | undefined;

/** What tinypool calls on the thread. It never rejects: whatever goes wrong comes back as a reply that says what. */
export default async function main(message: HelloMessage | CallMessage): Promise<Reply> {
  if (isHello(message)) {
    control = message.control;
    flags = message.flags;
    control.on('message', (abort: AbortMessage) => current?.receive(abort));
    return undefined;
  }
  try {
    const task = tasks.get(message[1]) ?? introduce(message);
    const run = task.run ?? (await load(task));
    const port = control as MessagePort;
    const context = new CallContext(message, port, flags);
    current = context;
    return reply(await run(message[2], context), message[0], task, port);
  } catch (error) {
    return { kind: 'thrown', error: serializeError(error) };
  } finally {
    current = undefined;
  }
}

function isHello(message: HelloMessage | CallMessage): message is HelloMessage {
  return !Array.isArray(message);
}

function introduce(message: CallMessage): KnownTask {
  const task: KnownTask = { module: message[5] as string, export: message[6] as string, run: undefined };
  tasks.set(message[1], task);
  return task;
}

function reply(result: unknown, call: number, task: KnownTask, port: MessagePort): Reply {
  const moved = isMoved(result);
  const value = moved ? result.value : result;
  if (!moved && isPrimitive(value)) return value;
  // Posted here and not returned: a result that cannot be cloned would end the thread inside tinypool.
  const posted: ThreadMessage = { kind: 'result', call, value };
  try {
    port.postMessage(posted, moved ? [...result.transfer] : []);
  } catch (cause) {
    const where = `\`${task.export}\` of ${task.module}`;
    throw new SchedulerError(
      'ERR_SCHEDULER_TASK_RESULT',
      `Expected the result of ${where} to be plain data that can be cloned: ${(cause as Error).message}`,
      { cause },
    );
  }
  return { kind: 'posted' };
}

function isPrimitive(value: unknown): value is Exclude<Reply, object> {
  return value === null || (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol');
}

async function load(task: KnownTask): Promise<TaskFunction<unknown>> {
  const loaded = await importModule(task.module);
  const run = loaded[task.export];
  if (typeof run !== 'function') {
    const names = Object.keys(loaded).map((name) => `\`${name}\``);
    throw new SchedulerError(
      'ERR_SCHEDULER_TASK_EXPORT',
      `Expected ${task.module} to export a function \`${task.export}\`, it exports ${names.join(', ') || 'nothing'}`,
    );
  }
  task.run = run as TaskFunction<unknown>;
  return task.run;
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
