import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { leftOut } from './support/left-out.ts';
import { bin, ended, Home, wordsPipeline } from './support/orc.ts';

const home = new Home();
const words = ['--pipeline', wordsPipeline] as const;
afterAll(() => home.remove());

const withoutFullDisk = leftOut(
  'a result that can not be written',
  existsSync('/dev/full') ? undefined : 'there is no /dev/full',
);

describe('stdout', () => {
  it('to a pipe is the result and nothing else; progress goes to stderr', async () => {
    const { stdout, stderr } = await home.orc([...words, 'only the result']);
    expect(stdout).toMatch(/^ONLY THE RESULT\n[a-z0-9]+\n$/);
    expect(stderr).toMatch(/run +session \S+: words on \S+, parallel/);
    expect(stderr).toMatch(/word +done in .*3 tasks/);
    // oxlint-disable-next-line no-control-regex
    expect(stdout + stderr).not.toMatch(/\u001B/);
  });

  it('with --quiet nothing else is said', async () => {
    expect(await home.orc([...words, '--quiet', 'be quiet'])).toMatchObject({ code: 0, stderr: '' });
  });

  it('with --output-format json is one document of the published form', async () => {
    const { stdout } = await home.orc([...words, '--output-format', 'json', 'a b']);
    const document = JSON.parse(stdout) as Record<string, unknown>;
    expect(document).toMatchObject({
      schema: 'orc.result/1',
      sessionId: expect.stringMatching(/^\d{8}-\d{6}-\w{4}$/) as string,
      status: 'succeeded',
      request: 'a b',
      pipeline: { id: 'words', version: '1', digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
      strategy: { name: 'parallel', reason: expect.any(String) as string, workers: expect.any(Number) as number },
      text: expect.stringMatching(/^A B\n/) as string,
      artifacts: [
        {
          path: 'joined.txt',
          bytes: expect.any(Number) as number,
          sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        },
        { path: 'parts/first.txt', bytes: 1, sha256: expect.any(String) as string },
      ],
      cache: { hits: 0, misses: 5, hitRatio: 0, size: expect.any(Number) as number },
      usage: { inputTokens: 0, outputTokens: 0, costUsd: 0 },
      timing: { totalMs: expect.any(Number) as number },
    });
    expect(document['phases']).toEqual(
      [
        ['split', 1],
        ['word', 2],
        ['count', 1],
        ['join', 1],
      ].map(([id, tasks]) => ({
        id,
        tasks,
        status: 'fulfilled',
        cache: { hits: 0, misses: tasks },
        durationMs: expect.any(Number) as number,
        attempts: tasks,
      })),
    );
  });

  it('with --output-format json tells of a failure in the document too', async () => {
    const { code, stdout } = await home.orc([...words, '--output-format', 'json', 'a fail']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'failed',
      text: '',
      error: { message: 'the word says so', phase: 'word', task: 'word[w1]' },
    });
  });

  it('with --output-format stream-json is one versioned event a line, the result last', async () => {
    const { stdout } = await home.orc([...words, '--output-format', 'stream-json', 'a b c']);
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { schema: string; type: string; result?: { text: string } });
    expect(new Set(events.map(({ schema }) => schema))).toEqual(new Set(['orc.event/1']));
    expect(events[0]?.type).toBe('run-start');
    expect(events.at(-2)?.type).toBe('run-end');
    expect(events.at(-1)).toMatchObject({ type: 'result', result: { schema: 'orc.result/1', status: 'succeeded' } });
    expect(events.filter(({ type }) => type === 'task-end')).toHaveLength(6);
  });

  it('whose reader leaves early is no failure, and nothing is said about it', async () => {
    const child = home.start([...words, '--output-format', 'stream-json', '--ui', 'none', 'w150 w151 w152']);
    const end = ended(child);
    child.stdout.once('data', () => child.stdout.destroy());
    expect(await end).toMatchObject({ code: 0, stderr: '' });
  });

  it.skipIf(withoutFullDisk)('that can not be written is a failure', async () => {
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [bin, ...words, 'nowhere to go'], {
      env: home.env(),
      cwd: home.dir,
      stdio: ['ignore', full, 'pipe'],
    });
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
    const code = await new Promise((resolve) => child.once('close', resolve));
    closeSync(full);
    expect(code).toBe(1);
    expect(stderr).toMatch(/orc: stdout: .*ENOSPC/);
  });
});

describe('stdin', () => {
  it('is the request for `-` and for a pipe', async () => {
    expect((await home.orc([...words, '-'], { input: 'from a pipe\n' })).stdout).toMatch(/^FROM A PIPE\n/);
    expect((await home.orc([...words], { input: 'from a pipe\n' })).stdout).toMatch(/^FROM A PIPE\n/);
  });
});

describe('files', () => {
  it('-output receives copies of what the session holds, and takes them again the next time', async () => {
    for (const _ of [1, 2]) {
      expect((await home.orc([...words, '-output', 'copies', 'copy this'])).code).toBe(0);
      expect(readFileSync(join(home.dir, 'copies', 'joined.txt'), 'utf8')).toMatch(/^COPY THIS\n/);
      expect(readFileSync(join(home.dir, 'copies', 'parts', 'first.txt'), 'utf8')).toBe('COPY');
    }
  });

  it('a relative path starts at the caller’s folder', async () => {
    const { code } = await home.orc([...words, '-o', './deep/er', 'relative'], { cwd: home.dir });
    expect(code).toBe(0);
    expect(existsSync(join(home.dir, 'deep', 'er', 'joined.txt'))).toBe(true);
  });
});

describe('the log', () => {
  it('is one JSON document a line with log.format json', async () => {
    const { stderr } = await home.orc([...words, '--log-format', 'json', 'a log']);
    const lines = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines[0]).toMatchObject({
      level: 'info',
      event: 'run-start',
      subject: 'run',
      time: expect.stringMatching(/^\d{4}-/) as string,
    });
    expect(lines.at(-1)).toMatchObject({ event: 'run-end' });
  });

  it('is JSON to the last line also with -verbose: the table is one more document', async () => {
    const { stderr } = await home.orc([...words, '-verbose', '--log-format', 'json', 'a long log']);
    const lines = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string });
    expect(lines[0]).toMatchObject({ event: 'choice', pipeline: 'words' });
    expect(lines.at(-1)).toMatchObject({
      event: 'summary',
      cache: { hits: 0 },
      retries: 0,
      peakRssBytes: expect.any(Number) as number,
    });
  });

  it('goes to a file too, whatever is shown', async () => {
    await home.orc([...words, '--quiet', '--log-file', 'logs/run.log', '--log-level', 'debug', 'a log']);
    expect(readFileSync(join(home.dir, 'logs', 'run.log'), 'utf8')).toMatch(/debug +\S+ +word +\[w0\] fulfilled/);
  });

  it('-verbose tells of hits and misses, times, utilisation, memory, retries and the strategy with its reason', async () => {
    const { stderr } = await home.orc([...words, '-verbose', 'tell me more']);
    for (const fact of [
      /cache miss: /,
      /strategy +parallel, \d+ workers: \S/,
      /cache +0 hits, 6 misses, ratio 0 %/,
      /concurrency +\d+ % of \d+ workers busy/,
      /memory +\d+\.\d MB at most/,
      /retries +0/,
      /word +fulfilled +3 +0 +3/,
    ]) {
      expect(stderr).toMatch(fact);
    }
  });

  it('--quiet is quiet, whatever else is asked for', async () => {
    expect(await home.orc([...words, '-quiet', '-verbose', 'hush'])).toMatchObject({ code: 0, stderr: '' });
  });

  it('is grouped by phase in GitHub Actions; a failed phase stays open and is said again at the end', async () => {
    const { stderr } = await home.orc([...words, 'grouped fail'], { env: { GITHUB_ACTIONS: 'true', CI: 'true' } });
    expect(stderr).toMatch(/::group::split: done/);
    expect(stderr).not.toMatch(/::group::word/);
    expect(stderr).toMatch(/failures:[\s\S]*\[w1\] failed: the word says so/);
    expect(stderr).toMatch(/::error title=word::\[w1\] failed/);
  });
});
