import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { builtInNames } from '../src/engine/built-in-names.ts';
import { leftOut } from './support/left-out.ts';
import { Home } from './support/orc.ts';
import { typed, type Step } from './support/typed.ts';

const home = new Home();
afterAll(() => home.remove());

/** Why a shell can't be tried. */
const without = (shell: string): string | undefined =>
  spawnSync(shell, ['--version']).error === undefined ? undefined : `${shell} is not installed`;

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
    expect(complete('--ui', 'plain', 'cache', 'ex')).toEqual(['explain']);
    expect(complete('config', 'get', 'performance.cache.t')).toEqual(['performance.cache.ttl']);
  });

  it.skipIf(leftOut('completion in zsh', without('zsh')))('completes in a real zsh', async () => {
    const file = join(home.dir, '_orc');
    writeFileSync(file, await script('zsh'));
    // Ctrl-U empties the line of the step before.
    const press = (line: string, until: RegExp): Step => ({ keys: `\u0015${line}\t`, until });
    const shown = await typed(['zsh', '-f', '-i'], { ...home.env(), PS1: 'ready> ' }, [
      { keys: '', until: /ready> / },
      // What is typed is echoed: the quote keeps the echo from looking like the prompt.
      { keys: `source ${file}; PS1=again'> '\r`, until: /again> / },
      press('orc ses', /sessions /),
      press('orc --ui plain cache ls --ph', /--phase /),
      press('orc --output-format s', /stream-json /),
      press('orc config get performance.cache.t', /cache\.ttl /),
      press('orc cache ', /stats +-- show how full the cache is/),
    ]);
    expect(shown).toHaveLength(7);
    expect(shown.at(-1)).toMatch(/explain +-- tell why a phase hits or misses/);
  });

  it.skipIf(leftOut('completion in fish', without('fish')))('completes in a real fish', async () => {
    const file = join(home.dir, 'orc.fish');
    writeFileSync(file, await script('fish'));
    const complete = (line: string): readonly string[] => {
      const command = `source ${file}; complete -C ${JSON.stringify(line)}`;
      const shown = execFileSync('fish', ['--no-config', '-c', command], { env: home.env(), encoding: 'utf8' });
      return shown.trim().split('\n');
    };
    expect(complete('orc ses')).toEqual(['sessions\tlist, show and remove sessions']);
    expect(complete('orc cache ex')).toEqual([expect.stringMatching(/^explain\t/)]);
    expect(complete('orc --ui plain cache ls --ph')).toEqual(['--phase\tonly this phase']);
    expect(complete('orc --output-format s')).toEqual([expect.stringMatching(/^stream-json\t/)]);
    expect(complete('orc --pipeline fic')).toEqual([expect.stringMatching(/^fiction\t/)]);
    expect(complete('orc config get performance.cache.t')).toEqual(['performance.cache.ttl']);
    expect(complete('orc show l')).toEqual(['latest']);
  });

  it('an unknown shell is a usage error', async () => {
    expect(await home.orc(['completion', 'bsh'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('did you mean `bash`?') as string,
    });
  });
});
