import { execFileSync, spawnSync } from 'node:child_process';

import { afterAll, describe, expect, it } from 'vitest';

import { builtInNames } from '../src/engine/built-in-names.ts';
import { Home } from './support/orc.ts';

const home = new Home();
afterAll(() => home.remove());

const script = async (shell: string): Promise<string> => (await home.orc(['completion', shell])).stdout;

describe('completion', () => {
  it('names the built-in pipelines that there are', async () => {
    const { builtInPipelines } = await import('@orc/core/pipelines');
    expect([...builtInNames]).toEqual(builtInPipelines.map(({ id }) => id));
  });

  it('completes in a real bash: commands, subcommands, flags and their values', async () => {
    const bash = await script('bash');
    const complete = (...words: string[]): readonly string[] => {
      const test = `${bash}\nCOMP_WORDS=(orc ${words.map((word) => `'${word}'`).join(' ')})\nCOMP_CWORD=${words.length}\n_orc\nprintf '%s\\n' "\${COMPREPLY[@]}"`;
      return execFileSync('bash', ['--norc', '-c', test], { env: home.env(), encoding: 'utf8' }).trim().split('\n');
    };
    expect(complete('ses')).toEqual(['sessions']);
    expect(complete('cache', 'ex')).toEqual(['explain']);
    expect(complete('--conc')).toEqual(['--concurrency']);
    expect(complete('cache', 'ls', '--ph')).toEqual(['--phase']);
    expect(complete('--output-format', 's')).toEqual(['stream-json']);
    expect(complete('--pipeline', 'fic')).toEqual(['fiction']);
    expect(complete('config', 'get', 'performance.cache.t')).toEqual(['performance.cache.ttl']);
  });

  it.each(['zsh', 'fish'])('a script for %s is there, and the shell takes it where it is installed', async (shell) => {
    const text = await script(shell);
    expect(text).toContain('orc');
    const checked = spawnSync(shell, ['-n'], { input: text });
    if (checked.error === undefined) expect(checked.status).toBe(0);
  });

  it('an unknown shell is a usage error', async () => {
    expect(await home.orc(['completion', 'bsh'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('did you mean `bash`?') as string,
    });
  });
});
