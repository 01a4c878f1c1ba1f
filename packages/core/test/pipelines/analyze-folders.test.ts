import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { beforeEach, describe, expect, it } from 'vitest';

import { folderOfTest } from '../../../../test-support/temporary-folder.ts';
import { measureFile } from '../../src/pipelines/analyze/metrics-task.ts';
import { readHistory } from '../../src/pipelines/analyze/history.ts';
import { scanFolder } from '../../src/pipelines/analyze/scan.ts';
import { SourceReader } from '../../src/pipelines/analyze/source-reader.ts';
import { builtIn, runOffline } from './built.ts';

const { signal } = new AbortController();
let folder: string;
beforeEach(() => {
  folder = folderOfTest();
});

function write(path: string, content: string | Buffer): string {
  const full = join(folder, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, content);
  return full;
}

function git(...args: string[]): void {
  const env = { PATH: process.env['PATH'], HOME: folder, GIT_CONFIG_NOSYSTEM: '1' };
  execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.com', '-c', 'commit.gpgSign=false', ...args], {
    cwd: folder,
    env,
    stdio: 'ignore',
  });
}

describe('analyze', () => {
  it('reports on an empty folder', async () => {
    await runOffline(await builtIn('analyze'), { text: 'Analyze this codebase', input: folder }, (result) => {
      expect(result.text).toContain('| files read | 0 |');
      expect(result.text).toContain('no git history');
    });
  });

  it('says of a folder that is not there what was expected', async () => {
    await expect(
      runOffline(
        await builtIn('analyze'),
        { text: 'Analyze this codebase', input: join(folder, 'missing') },
        () => undefined,
      ),
    ).rejects.toThrow(/Expected a folder to analyze at .*missing, could not read it \(ENOENT\)/);
  });

  it('keeps to the ignore files above it, up to the top of the repository, and the deepest speaks last', async () => {
    git('init', '-q');
    write('.gitignore', 'dist/\n*.gen.js\n/packages/one/notes.js\n/index.js\n');
    write('packages/.gitignore', '!kept.gen.js\n');
    for (const name of ['index.js', 'notes.js', 'made.gen.js', 'kept.gen.js', 'dist/out.js', 'src/dist/out.js'])
      write(`packages/one/${name}`, 'x\n');
    write('packages/one/.ignore', '!made.gen.js\nkept.gen.js\n');
    const { files } = await scanFolder(join(folder, 'packages/one'), { signal });
    expect(files.map(({ path }) => path)).toEqual(['index.js', 'made.gen.js']);
  });

  it('reads no ignore file above a folder that is in no repository', async () => {
    write('.gitignore', '*.js\n');
    write('inside/index.js', 'x\n');
    const { files } = await scanFolder(join(folder, 'inside'), { signal });
    expect(files.map(({ path }) => path)).toEqual(['index.js']);
  });

  it('counts what it does not read by reason, and reads text that is not UTF-8 as far as it goes', async () => {
    write('large.js', 'x'.repeat(1_000_001));
    write('binary.js', Buffer.from([1, 0, 2]));
    write('utf16.js', Buffer.from('export const wide = 1;\n', 'utf16le'));
    write('latin1.js', Buffer.from('const name = "café";\n', 'latin1'));
    write('photo.png', 'not read');
    write('.gitignore', 'ignored.js\n');
    write('ignored.js', '');
    write('.../odd.js', 'export const odd = 1;\n');
    const { files, passed } = await scanFolder(folder, { signal });
    expect(files.map(({ path }) => path)).toEqual(['.../odd.js', 'latin1.js']);
    expect(passed).toEqual({ ignored: 1, links: 0, large: 1, binary: 2, other: 2, unreadable: 0 });
    expect(new SourceReader({ root: folder, files }).read('latin1.js')).toBe('const name = "caf\uFFFD";\n');
  });

  it('passes over what it may not read', async () => {
    chmodSync(write('closed.js', 'secret\n'), 0);
    write('shut/inside.js', 'x\n');
    chmodSync(join(folder, 'shut'), 0);
    write('open.js', 'x\n');
    chmodSync(folder, 0o755);
    // Nothing is closed to the superuser: he looks as nobody for a moment.
    const superuser = process.getuid?.() === 0;
    if (superuser) process.seteuid?.(65534);
    try {
      const { files, passed } = await scanFolder(folder, { signal });
      expect(files.map(({ path }) => path)).toEqual(['open.js']);
      expect(passed.unreadable).toBe(2);
    } finally {
      if (superuser) process.seteuid?.(0);
      chmodSync(join(folder, 'shut'), 0o755);
    }
  });

  it('measures a file of very many lines', () => {
    expect(measureFile('long.js', 'a();\n'.repeat(300_000))).toMatchObject({
      lines: 300_000,
      code: 300_000,
      longest: 4,
    });
  });
});

describe('The history', () => {
  it('counts commits and people per file, and names nobody', async () => {
    write('a.js', '1\n');
    git('init', '-q');
    git('add', '.');
    git('commit', '-q', '-m', 'one');
    write('a.js', '2\n');
    git('commit', '-q', '-a', '--author', 'B <b@example.com>', '-m', 'two');
    const history = await readHistory(folder, signal);
    expect(history).toEqual({ commits: 2, authors: 2, files: [{ path: 'a.js', commits: 2, authors: 2 }] });
    write('sub/b.js', '1\n');
    git('add', '.');
    git('commit', '-q', '-m', 'three');
    // A folder of a repository is no repository: its history lies outside.
    expect(await readHistory(join(folder, 'sub'), signal)).toEqual({ commits: 0, authors: 0, files: [] });
  });

  it('runs nothing that the configuration of the repository names', async () => {
    write('a.js', '1\n');
    const trap = write('trap.sh', `#!/bin/sh\ntouch "${join(folder, 'sprung')}"\nexit 1\n`);
    chmodSync(trap, 0o755);
    git('init', '-q');
    git('add', 'a.js');
    git('commit', '-q', '-m', 'one');
    for (const name of ['core.fsmonitor', 'core.pager', 'gpg.program', 'diff.external', 'core.sshCommand'])
      git('config', name, trap);
    git('config', 'log.showSignature', 'true');
    expect((await readHistory(folder, signal)).commits).toBe(1);
    expect((await scanFolder(folder, { signal })).files.map(({ path }) => path)).toEqual(['a.js', 'trap.sh']);
    expect(() => chmodSync(join(folder, 'sprung'), 0o600)).toThrow('ENOENT');
  });

  it('ends with the reason of its signal', async () => {
    await expect(readHistory(folder, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });
});
