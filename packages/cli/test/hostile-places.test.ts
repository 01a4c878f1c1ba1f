import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterAll, describe, expect, it } from 'vitest';

import { bin, ended, Home, wordsPipeline } from './support/orc.ts';

const home = new Home();
const words = ['--pipeline', wordsPipeline] as const;
afterAll(() => home.remove());

describe('places that are not as one would wish', () => {
  it('no HOME at all: the data has to go somewhere that is named', async () => {
    const data = mkdtempSync(join(tmpdir(), 'orc-data-'));
    const { code, stdout } = await home.orc([...words, 'no home'], {
      env: { HOME: undefined, XDG_DATA_HOME: data, XDG_CACHE_HOME: data, XDG_CONFIG_HOME: data },
    });
    rmSync(data, { recursive: true, force: true });
    expect({ code, first: stdout.split('\n')[0] }).toEqual({ code: 0, first: 'NO HOME' });
  });

  it('a cache folder that can not be used is said once, and the run goes on', async () => {
    writeFileSync(join(home.dir, 'no-folder'), '');
    const { code, stderr, stdout } = await home.orc([...words, 'no cache folder'], {
      env: { XDG_CACHE_HOME: join(home.dir, 'no-folder') },
    });
    expect({ code, first: stdout.split('\n')[0] }).toEqual({ code: 0, first: 'NO CACHE FOLDER' });
    expect(stderr.match(/cache folder/g)).toHaveLength(1);
  });

  it('a working directory that is gone', async () => {
    const gone = join(home.dir, 'gone');
    mkdirSync(gone);
    const script = `process.chdir(${JSON.stringify(gone)}); require('node:fs').rmdirSync(${JSON.stringify(gone)}); process.argv = [process.argv[0], 'orc', 'cache', 'path']; import(${JSON.stringify(pathToFileURL(bin).href)});`;
    const { code, stdout } = await ended(spawn(process.execPath, ['-e', script], { env: home.env() }));
    expect({ code, stdout: stdout.trim() }).toEqual({
      code: 0,
      stdout: join(home.dir, '.cache', 'orchestrator', 'results'),
    });
  });

  it('a relative XDG variable is ignored, as its specification says', async () => {
    expect((await home.orc(['cache', 'path'], { env: { XDG_CACHE_HOME: 'relative' } })).stdout.trim()).toBe(
      join(home.dir, '.cache', 'orchestrator', 'results'),
    );
  });

  it('a request of hostile text reaches neither terminal nor log as control sequences', async () => {
    const { code, stderr } = await home.orc([...words, 'evil\u001B]0;owned\u0007\u001B[2J text', '-verbose']);
    expect(code).toBe(0);
    // oxlint-disable-next-line no-control-regex
    expect(stderr).not.toMatch(/[\u0000-\u0009\u000B-\u001F]/);
  });
});
