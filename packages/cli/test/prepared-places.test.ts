import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { beforeEach, describe, expect, it } from 'vitest';

import { folderOfTest } from '../../../test-support/temporary-folder.ts';
import { main } from '../src/main.ts';
import { fakeHost } from './support/fake-host.ts';
import { leftOut } from './support/left-out.ts';

const windows = leftOut('links, pipes and modes', process.platform === 'win32' ? 'this is Windows' : undefined);

let home: string;
let project: string;
/** A file that whoever prepared the places would like to have written over. */
let victim: string;

beforeEach(() => {
  home = folderOfTest();
  project = join(home, 'project');
  victim = join(home, '.bashrc');
  mkdirSync(join(project, 'out'), { recursive: true });
  writeFileSync(victim, 'echo mine\n');
  writeFileSync(
    join(project, 'p.yaml'),
    [
      'id: p',
      'version: "1"',
      'description: two files',
      'phases:',
      '  - { id: a, kind: template, template: "A {{request.text}}", artifact: a.txt }',
      '  - { id: b, kind: template, template: "B {{request.text}}", artifact: sub/b.txt }',
      'result: { phase: a }',
      '',
    ].join('\n'),
  );
});

async function orc(...argv: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const host = fakeHost({ argv, env: { HOME: home }, cwd: project });
  const code = await main(host);
  return { code, out: host.out(), err: host.err() };
}

const run = (...argv: readonly string[]): ReturnType<typeof orc> => orc('-q', '--pipeline', 'p.yaml', ...argv, 'text');
const link = (path: string, to: string = victim): void => symlinkSync(to, join(project, path));
const sessions = (): string => join(home, '.local', 'share', 'orchestrator', 'sessions');
const mode = (path: string): string => (lstatSync(path).mode & 0o777).toString(8);
const parts = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('.part'));

describe.skipIf(windows)('a folder for output that others have filled', () => {
  it('links with the names of files, and of parts of them, are not followed', async () => {
    link('out/a.txt');
    link('out/a.txt.part');
    expect(await run('-o', 'out')).toMatchObject({ code: 0, err: '' });
    expect(readFileSync(victim, 'utf8')).toBe('echo mine\n');
    expect(lstatSync(join(project, 'out', 'a.txt')).isFile()).toBe(true);
    expect(readFileSync(join(project, 'out', 'a.txt'), 'utf8')).toContain('A text');
    expect(readFileSync(join(project, 'out', 'sub', 'b.txt'), 'utf8')).toContain('B text');
  });

  it('a link in place of a folder is refused with its name, and the run keeps its own copy', async () => {
    link('out/sub', home);
    const { code, err } = await run('-o', 'out');
    expect(code).toBe(1);
    expect(err).toMatch(/b\.txt cannot be written: \S+\/out\/sub is a link, .+\n {5}the run's own copy is \S+\n$/);
    expect(existsSync(join(home, 'b.txt'))).toBe(false);
    expect(parts(home)).toEqual([]);
  });

  it('a folder that the user names by a link of their own is written to', async () => {
    mkdirSync(join(home, 'elsewhere'));
    link('mine', join(home, 'elsewhere'));
    expect((await run('-o', 'mine')).code).toBe(0);
    expect(readdirSync(join(home, 'elsewhere')).toSorted()).toEqual(['a.txt', 'sub']);
  });

  it("what is made is its owner's alone", async () => {
    expect((await run('-o', 'new/deep')).code).toBe(0);
    expect(['new', 'new/deep', 'new/deep/sub'].map((path) => mode(join(project, path)))).toEqual(['700', '700', '700']);
    expect(mode(join(project, 'new', 'deep', 'a.txt'))).toBe('600');
    expect(mode(join(project, 'new', 'deep', 'sub', 'b.txt'))).toBe('600');
    expect(parts(project)).toEqual([]);
  });

  it('a folder with the name of a file leaves nothing half behind', async () => {
    mkdirSync(join(project, 'out', 'a.txt', 'full'), { recursive: true });
    expect((await run('-o', 'out')).code).toBe(1);
    expect(parts(project)).toEqual([]);
  });
});

describe.skipIf(windows)('the folder of a session that came from somebody else', () => {
  it.each([
    [[], 'report.html'],
    [['--format', 'markdown'], 'report-markdown.md'],
    [['--format', 'json'], 'report-json.json'],
    [['--format', 'chrome-trace'], 'report-chrome-trace.json'],
  ])('`orc report %j` writes through no link with the name of the report', async (flags, name) => {
    await run();
    const dir = join(sessions(), readdirSync(sessions())[0] ?? '');
    symlinkSync(victim, join(dir, name));
    expect(await orc('report', ...flags)).toMatchObject({ code: 7, err: expect.stringContaining(name) as string });
    expect(readFileSync(victim, 'utf8')).toBe('echo mine\n');
    rmSync(join(dir, name));
    expect(await orc('report', ...flags)).toMatchObject({ code: 0, out: `${join(dir, name)}\n` });
    expect(lstatSync(join(dir, name)).isFile()).toBe(true);
    expect(mode(join(dir, name))).toBe('600');
  });

  it('artifacts that are links are not copied out', async () => {
    await run();
    const dir = join(sessions(), readdirSync(sessions())[0] ?? '');
    rmSync(join(dir, 'artifacts', 'a.txt'));
    symlinkSync(victim, join(dir, 'artifacts', 'a.txt'));
    const { code } = await orc('resume', '-q', '-o', 'out');
    expect(code).not.toBe(0);
    expect(existsSync(join(project, 'out', 'a.txt'))).toBe(false);
  });
});

describe.skipIf(windows)('a file that the user names', () => {
  it('`report --to` replaces a link, keeps the mode of a file, and writes to a stream', async () => {
    await run();
    link('report.html');
    expect((await orc('report', '--to', 'report.html')).code).toBe(0);
    expect(readFileSync(victim, 'utf8')).toBe('echo mine\n');
    chmodSync(join(project, 'report.html'), 0o644);
    expect((await orc('report', '--to', 'report.html')).code).toBe(0);
    expect(mode(join(project, 'report.html'))).toBe('644');
    expect((await orc('report', '--to', '/dev/null')).code).toBe(0);
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  it('a metrics file replaces a link, and so does its part', async () => {
    link('orc.prom');
    link('orc.prom.part');
    expect((await run('--metrics-file', 'orc.prom')).code).toBe(0);
    expect(readFileSync(victim, 'utf8')).toBe('echo mine\n');
    expect(readFileSync(join(project, 'orc.prom'), 'utf8')).toContain('orc_');
    expect(mode(join(project, 'orc.prom'))).toBe('600');
  });

  it.each([
    ['a link', () => link('orc.log'), 'it is a link; name the file itself'],
    ['a link to nothing', () => link('orc.log', join(home, 'new')), 'it is a link; name the file itself'],
    ['a pipe', () => execFileSync('mkfifo', [join(project, 'orc.log')]), 'it is a pipe or a device'],
    ['a second name of a file', () => linkSync(victim, join(project, 'orc.log')), 'it has a second name'],
    ['a folder', () => mkdirSync(join(project, 'orc.log')), 'it is a folder, not a file'],
  ])('a log file that is %s is refused before anything is spent, 2', async (_, prepare, reason) => {
    prepare();
    const { code, out, err } = await run('--log-file', 'orc.log');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(reason);
    expect(readFileSync(victim, 'utf8')).toBe('echo mine\n');
    expect(existsSync(join(home, 'new'))).toBe(false);
  });

  it('a log file is appended to, private where it is new; /dev/null is a place to log to', async () => {
    expect((await run('--log-file', 'logs/orc.log')).code).toBe(0);
    const log = join(project, 'logs', 'orc.log');
    const once = readFileSync(log, 'utf8');
    expect((await run('--log-file', 'logs/orc.log')).code).toBe(0);
    expect(readFileSync(log, 'utf8').startsWith(once)).toBe(true);
    expect(readFileSync(log, 'utf8').length).toBeGreaterThan(once.length);
    expect([mode(log), mode(join(project, 'logs'))]).toEqual(['600', '700']);
    expect((await run('--log-file', '/dev/null')).code).toBe(0);
  });
});
