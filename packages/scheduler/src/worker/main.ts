import { receiveMessageOnPort } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';

import { SchedulerError } from '../errors.ts';
import { isMoved } from '../moved.ts';
import { serializeError } from '../serialize-error.ts';
import { CallContext } from './call-context.ts';
import type { ThreadLink } from './call-context.ts';
import type { AbortMessage, CallMessage, HelloMessage, ThreadMessage } from './messages.ts';
import { load, taskOf } from './task-modules.ts';
import type { KnownTask } from './task-modules.ts';

let current: CallContext | undefined;

/**
 * What tinypool calls on a new thread, once. From then on slot and thread talk over their own port: tinypool measures the memory after
 * each task and makes an asynchronous resource for it, which is most of what a short call costs.
 */
export default function main({ control, flags }: HelloMessage): void {
  const link: ThreadLink = { control, flags, takeIn: () => takeIn(link) };
  control.on('message', (message: CallMessage | AbortMessage) => {
    if (isCall(message)) void run(message, link);
    else current?.receive(message);
  });
  control.on('messageerror', (error: Error) => tell(control, ['unreadable', undefined, error.message]));
}

function isCall(message: CallMessage | AbortMessage): message is CallMessage {
  return Array.isArray(message);
}

function takeIn(link: ThreadLink): void {
  for (
    let entry = receiveMessageOnPort(link.control);
    entry !== undefined;
    entry = receiveMessageOnPort(link.control)
  ) {
    const message = entry.message as CallMessage | AbortMessage;
    if (!isCall(message)) current?.receive(message);
    // A task that has ended long ago asks still: what it finds is the next call.
    else queueMicrotask(() => void run(message, link));
  }
}

/** Never rejects: whatever goes wrong goes back as an end that says what. */
async function run(message: CallMessage, link: ThreadLink): Promise<void> {
  const [call, , input] = message;
  Atomics.store(link.flags, 1, call);
  try {
    const task = taskOf(message);
    const work = task.run ?? (await load(task));
    current = new CallContext(message, link);
    const returned = work(input, current);
    const result = isThenable(returned) ? await returned : returned;
    if (printed()) await flush();
    end(result, call, task, link.control);
  } catch (error) {
    tell(link.control, ['thrown', call, serializeError(error)]);
  } finally {
    current = undefined;
  }
}

function end(result: unknown, call: number, task: KnownTask, port: MessagePort): void {
  try {
    if (isMoved(result)) tell(port, ['result', call, result.value], result.transfer);
    else tell(port, ['result', call, result]);
  } catch (cause) {
    const where = `\`${task.export}\` of ${task.module}`;
    throw new SchedulerError(
      'ERR_SCHEDULER_TASK_RESULT',
      `Expected the result of ${where} to be plain data that can be cloned: ${(cause as Error).message}`,
      { cause },
    );
  }
}

function tell(port: MessagePort, message: ThreadMessage, transfer?: Parameters<MessagePort['postMessage']>[1]): void {
  port.postMessage(message, transfer);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function';
}

/** Whether the task has printed what is still on its way: a thread that ends takes it along. */
function printed(): boolean {
  return process.stdout.writableLength > 0 || process.stderr.writableLength > 0;
}

async function flush(): Promise<void> {
  for (const stream of [process.stdout, process.stderr])
    await new Promise<void>((resolve) => void stream.write('', () => resolve()));
}
