import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterAll, describe, expect, it } from 'vitest';

import { folderOfTest } from '../../../test-support/temporary-folder.ts';
import { leftOut } from './support/left-out.ts';
import { bin, ended, Home, wordsPipeline } from './support/orc.ts';

const elsewhere = leftOut(
  'places that only Linux has',
  process.platform === 'linux' ? undefined : 'this is another system',
);
const home = new Home();
const words = ['--pipeline', wordsPipeline] as const;
afterAll(() => home.remove());

describe('places that are not as one would wish', () => {
  it('no HOME at all: the data has to go somewhere that is named', async () => {
    const data = folderOfTest();
    const { code, stdout } = await home.orc([...words, 'no home'], {
      env: { HOME: undefined, XDG_DATA_HOME: data, XDG_CACHE_HOME: data, XDG_CONFIG_HOME: data },
    });
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

  it.skipIf(elsewhere)('a home that can not be written is told before anything is spent, 2', async () => {
    const { code, stdout, stderr } = await home.orc([...words, 'read only'], { env: { HOME: '/sys' } });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^orc: Expected the data folder `\/sys\/\S+` to be writable, got E\w+ — .+\n$/);
  });

  it.skipIf(elsewhere)(
    'a disk that gets full ends the run, and once there is room it goes on to the same text',
    async () => {
      const request = 'A story about room';
      // A limit on the size of files is met at the same places as the end of the disk, and needs no disk to fill.
      const limited = `ulimit -f 60; exec '${process.execPath}' '${bin}' '${request}'`;
      const full = await ended(spawn('bash', ['-c', limited], { cwd: home.dir, env: home.env() }));
      expect({ code: full.code, stdout: full.stdout }).toEqual({ code: 1, stdout: '' });
      expect(full.stderr).toMatch(/orc: \S+: EFBIG: file too large, write\n {5}Go on with: orc resume \S+\n$/);
      expect(full.stderr).not.toMatch(/^\s+at /m);
      const resumed = await home.orc(['resume', '--quiet']);
      expect(resumed).toMatchObject({ code: 0, stderr: '' });
      expect((await home.orc([request, '--no-cache', '--quiet'])).stdout).toBe(resumed.stdout);
    },
  );

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

  it.each([
    [['-verbose']],
    [['--dry-run']],
    [['--dry-run', '--output-format', 'json']],
    [['--output-format', 'stream-json']],
  ])('a request of hostile text reaches no terminal as control sequences: %j', async (flags) => {
    const request = 'Create a \u001B]0;owned\u0007 dark \u001B[2Jstory about \u009B31mrain';
    const { code, stdout, stderr } = await home.orc([request, '--words', '300', ...flags]);
    expect(code).toBe(0);
    // oxlint-disable-next-line no-control-regex
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/);
  });
});
