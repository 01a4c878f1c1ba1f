import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { folderOfFile } from '../../../../test-support/temporary-folder.ts';
import { resolveModel, type ExecCommand } from '../../src/ai/index.ts';
import { ManualClock } from './manual-clock.ts';

const folder = folderOfFile();

const node = (script: string, ...args: readonly string[]): ExecCommand => ({
  command: process.execPath,
  args: ['-e', script, ...args],
});
const echo = `process.stdin.setEncoding('utf8'); let text = ''; process.stdin.on('data', (c) => text += c).on('end', () => console.log('I read: ' + text));`;

const run = (command: ExecCommand, options = {}, env = {}) =>
  resolveModel('exec/mine', { config: { maxRetries: 0, ...options, exec: { mine: command } }, env });

describe('A local command as a model', () => {
  it('reads the prompt on stdin and replies on stdout', async () => {
    const model = await run(node(echo));
    const stream = model.stream({ system: 'You write.', prompt: 'Tides?' });
    let seen = '';
    for await (const chunk of stream) seen += chunk;
    const reply = await stream.reply;
    expect(reply).toMatchObject({
      text: 'I read: You write.\n\nTides?',
      finishReason: 'stop',
      costUsd: null,
      attempts: 1,
    });
    expect(reply.usage.inputTokens).toBeGreaterThan(0);
    expect(seen).toBe(reply.text);
    expect(model.capabilities).toEqual({ network: false, priced: 'unknown' });
  });

  it('gets a schema in its prompt', async () => {
    const model = await run(
      node(`process.stdin.resume().on('end', () => console.log('\`\`\`json\\n{"title":"Tides"}\\n\`\`\`'))`),
    );
    const reply = await model.generate({
      prompt: 'A plan',
      schema: { type: 'object', properties: { title: { type: 'string' } }, required: ['title'] },
    });
    expect(reply.object).toEqual({ title: 'Tides' });
  });

  it('that fails is an error with its exit code and its last words, without the key', async () => {
    const key = 'a-very-secret-key';
    const model = await run(
      node(
        `console.log('half a reply'); console.error('cannot sign in with ' + process.env.MY_API_KEY); process.exitCode = 3`,
      ),
      {},
      { MY_API_KEY: key },
    );
    const error = (await model.generate({ prompt: 'x' }).catch((thrown: unknown) => thrown)) as Error;
    expect(error).toMatchObject({
      code: 'ERR_ORC_MODEL_UNAVAILABLE',
      retryable: true,
      message: expect.stringContaining('exited with code 3: cannot sign in with [redacted]') as string,
    });
    expect(error.message).not.toContain(key);
  });

  it('that says nothing is no reply', async () => {
    await expect((await run(node(''))).generate({ prompt: 'x' })).rejects.toMatchObject({
      code: 'ERR_ORC_MODEL_OUTPUT',
    });
  });

  it('that does not exist is said so', async () => {
    await expect((await run({ command: 'no-such-command-anywhere' })).generate({ prompt: 'x' })).rejects.toMatchObject({
      code: 'ERR_ORC_MODEL_PROVIDER',
      retryable: false,
      message: expect.stringContaining('ENOENT') as string,
    });
  });

  it('that reads nothing of a long prompt still counts by its exit code', async () => {
    const model = await run(node(`process.stdin.destroy(); console.log('Done.')`));
    expect((await model.generate({ prompt: 'x'.repeat(2_000_000) })).text).toBe('Done.');
  });

  it('sees the environment that was passed in and no other', async () => {
    const model = await run(node(`console.log(process.env.MINE + ' ' + process.env.HOME)`), {}, { MINE: 'yes' });
    expect((await model.generate({ prompt: 'x' })).text).toBe('yes undefined');
  });

  it('has an identity that changes with its arguments and does not show them', async () => {
    const [one, two] = await Promise.all([run(node(echo, '--token=first')), run(node(echo, '--token=second'))]);
    expect(one.identity['command']).not.toBe(two.identity['command']);
    expect(JSON.stringify(one.identity)).not.toContain('first');
  });
});

describe.skipIf(process.platform === 'win32')('Ending a local command', () => {
  // A command that starts another one, as agents do, and tells the process ids of both.
  const tree = (pids: string): ExecCommand =>
    node(
      `const { spawn } = require('node:child_process'); const { writeFileSync } = require('node:fs');
       const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
       writeFileSync(process.argv[1], process.pid + ' ' + child.pid); console.log('started'); setInterval(() => {}, 1000);`,
      pids,
    );
  const isAlive = (pid: number): boolean => {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  };
  const gone = async (file: string): Promise<void> => {
    const pids = (await readFile(file, 'utf8')).split(' ').map(Number);
    expect(pids).toHaveLength(2);
    await expect.poll(() => pids.filter(isAlive), { timeout: 10_000 }).toEqual([]);
  };

  it('by an abort rejects with exactly the reason and ends all that it started', async () => {
    const file = join(folder, 'abort');
    const controller = new AbortController();
    const stream = (await run(tree(file))).stream({ prompt: 'x' }, { signal: controller.signal });
    await stream[Symbol.asyncIterator]().next();
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(stream.reply).rejects.toBe(reason);
    await gone(file);
  });

  it('by its timeout ends all that it started', async () => {
    const file = join(folder, 'timeout');
    const clock = new ManualClock();
    const model = await resolveModel('exec/mine', {
      clock,
      config: { exec: { mine: { ...tree(file), timeoutMs: 5000 } } },
    });
    const stream = model.stream({ prompt: 'x' });
    await stream[Symbol.asyncIterator]().next();
    clock.advance(5000);
    await expect(stream.reply).rejects.toMatchObject({ code: 'ERR_ORC_MODEL_TIMEOUT', retryable: false });
    await gone(file);
  });
});
