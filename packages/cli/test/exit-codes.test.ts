import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ended, Home, said, wordsPipeline } from './support/orc.ts';

const home = new Home();
const words = ['--pipeline', wordsPipeline] as const;
// A model that is a local command: it answers with what it was asked.
const echo = {
  ORC_AI_EXEC: JSON.stringify({
    echo: { command: process.execPath, args: ['-e', 'process.stdin.pipe(process.stdout)'] },
  }),
};
let refusing: Server;
let refusingUrl: string;

beforeAll(async () => {
  refusing = createServer((request, response) => {
    request.resume();
    response.writeHead(401, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({
        error: { message: 'Incorrect API key provided', type: 'invalid_request_error', code: 'invalid_api_key' },
      }),
    );
  });
  await new Promise<void>((resolve) => refusing.listen(0, '127.0.0.1', resolve));
  refusingUrl = `http://127.0.0.1:${(refusing.address() as AddressInfo).port}/v1`;
});
afterAll(() => {
  refusing.close();
  home.remove();
});

/** One clear message, never a stack trace. */
function isClear(stderr: string): void {
  expect(stderr).toContain('orc:');
  expect(stderr).not.toMatch(/^\s+at .+:\d+:\d+\)?$/m);
}

describe('exit code 0', () => {
  it('for a run that succeeded', async () => {
    expect(await home.orc([...words, 'one two'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^ONE TWO\n/) as string,
    });
  });
});

describe('exit code 1', () => {
  it('for a phase that failed, with the command that goes on', async () => {
    const { code, stdout, stderr } = await home.orc([...words, 'one fail']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('the word says so');
    expect(stderr).toMatch(/Go on with: orc resume \d{8}-\d{6}-\w{4}/);
    isClear(stderr);
  });
});

describe('exit code 2', () => {
  it.each([
    ['an unknown flag', ['-optimised=false', 'a story'], /unknown flag -optimised — did you mean `-optimized`/],
    ['an empty request', [''], /the request is empty/],
    ['an empty request on stdin', ['-'], /the request on stdin is empty/],
    ['several words', ['a', 'story'], /quote the request/],
    ['a number that is none', [...words, '--words', 'many', 'a story'], /expected --words to be a whole number/],
    ['a negative concurrency', ['-concurrency', '-1', 'a story'], /expected --concurrency to be an integer/],
    [
      'an output folder that is a file',
      ['-output', '/dev/null', ...words, 'a story'],
      /the output folder \/dev\/null cannot be written: a file has that name/,
    ],
    [
      'a log file that is a folder',
      ['--log-file', '/dev', ...words, 'a story'],
      /the log file \/dev cannot be written: it is a folder, not a file \(EISDIR\)/,
    ],
    [
      'an input folder that is not there',
      ['--pipeline', 'analyze', '--input', '/nowhere/at/all', 'a story'],
      /expected --input to be a folder/,
    ],
  ])('for %s', async (_, args, message) => {
    const { code, stdout, stderr } = await home.orc(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    isClear(stderr);
  });

  it('for a data folder that cannot be written, before anything is done', async () => {
    writeFileSync(join(home.dir, 'a-file'), '');
    const { code, stderr } = await home.orc([...words, 'one'], { env: { XDG_DATA_HOME: join(home.dir, 'a-file') } });
    expect(code).toBe(2);
    isClear(stderr);
  });
});

describe('exit code 3', () => {
  it('for a configuration that is wrong, with file, line and column', async () => {
    const file = join(home.dir, 'wrong.yaml');
    writeFileSync(file, 'performance:\n  cache:\n    tll: 30m\n');
    const { code, stderr } = await home.orc(['-config', file, 'a story']);
    expect(code).toBe(3);
    expect(stderr).toContain(`${file}:3:5: unknown key`);
    isClear(stderr);
  });

  it('for a pipeline file that is wrong, and for one that is not there', async () => {
    const file = join(home.dir, 'wrong-pipeline.yaml');
    writeFileSync(file, 'id: x\nphases: 3\n');
    const wrong = await home.orc(['--pipeline', file, 'a story']);
    expect(wrong.code).toBe(3);
    expect(wrong.stderr).toContain(`${file}:`);
    expect((await home.orc(['--pipeline', 'nowhere.yaml', 'a story'])).code).toBe(3);
    const unknown = await home.orc(['--pipeline', 'fictoin', 'a story']);
    expect(unknown.stderr).toContain('did you mean `fiction`?');
    expect(unknown.code).toBe(3);
  });
});

describe('exit code 4', () => {
  it('for a provider without a key', async () => {
    const { code, stderr } = await home.orc(['-m', 'openai/gpt-5.4-mini', '--pipeline', 'quick', 'what is rain?']);
    expect(code).toBe(4);
    expect(stderr).toContain('OPENAI_API_KEY');
    isClear(stderr);
  });

  it('for a key that the provider refuses, and the key is not shown', async () => {
    const { code, stderr } = await home.orc(['-m', 'openai/gpt-5.4-mini', '--pipeline', 'quick', 'what is rain?'], {
      env: { OPENAI_API_KEY: 'sk-very-secret-value', OPENAI_BASE_URL: refusingUrl },
    });
    expect(code).toBe(4);
    expect(stderr).not.toContain('sk-very-secret-value');
    isClear(stderr);
  });
});

describe('exit code 5', () => {
  it('for a budget that is used up', async () => {
    const prices = { 'exec/echo': { input: 1_000_000, output: 1_000_000 } };
    const { code, stderr } = await home.orc(
      ['-m', 'exec/echo', '--budget-usd', '0.0001', '--pipeline', 'quick', 'what is rain?'],
      {
        env: { ...echo, ORC_AI_PRICES: JSON.stringify(prices) },
      },
    );
    expect(code).toBe(5);
    isClear(stderr);
  });
});

describe('exit code 6', () => {
  it('for a phase that takes too long', async () => {
    const { code, stderr } = await home.orc([...words, 'w20000'], { env: { ORC_LIMITS_PHASE_TIMEOUT: '150ms' } });
    expect(code).toBe(6);
    isClear(stderr);
  });

  it('for a run that takes too long', async () => {
    const { code, stderr } = await home.orc([...words, 'w20001'], { env: { ORC_LIMITS_TOTAL_TIMEOUT: '150ms' } });
    expect(code).toBe(6);
    isClear(stderr);
  });
});

describe('exit code 7', () => {
  it('for a session that is not there', async () => {
    const { code, stderr } = await home.orc(['resume', 'nothing-like-this']);
    expect(code).toBe(7);
    isClear(stderr);
  });

  it('for another request than that of the session', async () => {
    await home.orc([...words, 'first request']);
    const { code, stderr } = await home.orc([...words, '-resume', 'latest', 'second request']);
    expect(code).toBe(7);
    expect(stderr).toContain('is about another request: "first request"');
  });

  it('for a session that another process works on', async () => {
    const dataHome = join(home.dir, 'locked');
    mkdirSync(dataHome);
    const env = { XDG_DATA_HOME: dataHome };
    const child = home.start([...words, 'w20002'], { env });
    const end = ended(child);
    await said(child, 'stderr', /word +started/);
    const { code, stderr } = await home.orc(['resume', 'latest', ...words], { env });
    expect(code).toBe(7);
    isClear(stderr);
    child.kill('SIGTERM');
    await end;
  });
});

describe('exit codes 130 and 143', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s: the run ends, what is done is saved, %i', async (signal, expected) => {
    const child = home.start([...words, `one w2000${expected}`]);
    const end = ended(child);
    await said(child, 'stderr', /word +started/);
    child.kill(signal);
    const { code, stderr, stdout } = await end;
    expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
    // Code is not in the session: without the module the command could not go on.
    expect(stderr.trimEnd().endsWith(` --pipeline ${wordsPipeline}`)).toBe(true);
    const resume = /Go on with: orc resume (\S+)/.exec(stderr)?.[1] ?? '';
    expect((await home.orc(['show', resume])).stdout).toContain('cancelled');
  });

  it('a second SIGINT ends it at once', async () => {
    const stubborn = join(home.dir, 'stubborn.mjs');
    writeFileSync(
      stubborn,
      `import { definePhase, definePipeline } from ${JSON.stringify(import.meta.resolve('@orc/core'))};
const hang = definePhase({ id: 'hang', kind: 'io', run: () => new Promise((resolve) => setTimeout(() => resolve('done'), 60_000)) });
export default definePipeline({ id: 'stubborn', version: '1', description: 'Listens to nobody', phases: [hang], result: { phase: hang, text: (output) => output } });
`,
    );
    const child = home.start(['--pipeline', stubborn, 'go']);
    const end = ended(child);
    await said(child, 'stderr', /hang +started/);
    child.kill('SIGINT');
    await said(child, 'stderr', /cancelling/);
    child.kill('SIGINT');
    expect((await end).code).toBe(130);
  });
});
