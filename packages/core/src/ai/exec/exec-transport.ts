import { spawn } from 'node:child_process';

import type { Clock } from '../../clock.ts';
import type { Transport } from '../call/attempt.ts';
import { wait } from '../call/wait.ts';
import type { ModelRequest } from '../model-client.ts';
import { ModelError } from '../model-error.ts';
import { redactSecrets } from '../redact-secrets.ts';
import type { ExecCommand } from './exec-command.ts';
import { killTree } from './kill-tree.ts';

/** How a command is run. */
export interface ExecOptions {
  /** The model, `exec/NAME`, for messages. */
  readonly model: string;
  /** The command. */
  readonly command: ExecCommand;
  /** Its environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Texts that must not show. */
  readonly secrets: readonly string[];
  /** The longest time of one call, in milliseconds. */
  readonly timeoutMs: number;
  /** Where time comes from. */
  readonly clock: Clock;
}

/** Attempts through a local command. An abort or a timeout ends the command with all that it started. */
export function execTransport({ model, command, env, secrets, timeoutMs, clock }: ExecOptions): Transport {
  return async (request, { signal, write }) => {
    const child = spawn(command.command, command.args ?? [], {
      env,
      stdio: 'pipe',
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    const over = new AbortController();
    let stderr = '';
    // A newline at the end is the command's, not the model's.
    let heldBack = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      const text = heldBack + chunk;
      heldBack = /\r?\n$/.exec(text)?.[0] ?? '';
      write(text.slice(0, text.length - heldBack.length));
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr = (stderr + chunk).slice(-2000);
    });
    // A command that reads nothing closes its end; its exit code tells the rest.
    child.stdin.on('error', () => undefined);
    child.stdin.end(promptText(request));
    const stop = (): void => killTree(child, clock);
    signal.addEventListener('abort', stop, { once: true });
    const timeout = wait(clock, timeoutMs, over.signal).then(
      () => {
        stop();
        throw tooSlow(model, timeoutMs);
      },
      () => new Promise<never>(() => undefined),
    );
    try {
      const exit = new Promise<{ readonly code: number | null; readonly by: string | null }>((resolve, reject) => {
        child.once('error', (error) => reject(notStarted(model, command, error)));
        child.once('close', (code, by) => resolve({ code, by }));
      });
      const { code, by } = await Promise.race([exit, timeout]);
      signal.throwIfAborted();
      if (code !== 0) throw failed(model, code, by, redactSecrets(stderr, secrets));
      return { finishReason: 'stop' };
    } finally {
      signal.removeEventListener('abort', stop);
      over.abort(new DOMException('The command is over', 'AbortError'));
    }
  };
}

function promptText({ system, prompt }: ModelRequest): string {
  return system === undefined ? prompt : `${system}\n\n${prompt}`;
}

function tooSlow(model: string, timeoutMs: number): ModelError {
  return new ModelError('ERR_ORC_MODEL_TIMEOUT', `The command of ${model} was not over after ${timeoutMs / 1000} s`, {
    retryable: false,
    hint: 'Raise its timeout, or ask for less at once.',
  });
}

function notStarted(model: string, { command }: ExecCommand, cause: Error): ModelError {
  return new ModelError(
    'ERR_ORC_MODEL_PROVIDER',
    `The command of ${model} cannot be started: ${JSON.stringify(command)} (${(cause as NodeJS.ErrnoException).code ?? cause.message})`,
    {
      retryable: false,
      hint: 'Check `ai.exec` in the configuration: the command has to be on the PATH or an absolute path.',
    },
  );
}

function failed(model: string, code: number | null, by: string | null, stderr: string): ModelError {
  const how = code === null ? `was ended by ${by ?? 'a signal'}` : `exited with code ${code}`;
  const last = stderr.trim();
  return new ModelError(
    'ERR_ORC_MODEL_UNAVAILABLE',
    `The command of ${model} ${how}${last === '' ? '' : `: ${last.length > 500 ? `…${last.slice(-500)}` : last}`}`,
    {
      // 126 and 127: a shell found nothing to run.
      retryable: code !== 126 && code !== 127,
      hint: 'Run the command by hand with a prompt on its stdin to see what it needs.',
    },
  );
}
