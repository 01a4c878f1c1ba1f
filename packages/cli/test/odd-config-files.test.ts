import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

import { beforeEach, describe, expect, it } from 'vitest';

import { snapshotFolder } from '../../../test-support/snapshot-folder.ts';
import { folderOfTest } from '../../../test-support/temporary-folder.ts';
import { replaceFile } from '../src/config/replace-file.ts';
import { main } from '../src/main.ts';
import { fakeHost } from './support/fake-host.ts';
import { leftOut } from './support/left-out.ts';

const notPosix = leftOut('pipes and devices', process.platform === 'win32' ? 'this system has none' : undefined);

let home: string;
let project: string;
let file: string;
beforeEach(() => {
  home = realpathSync(folderOfTest());
  project = join(home, 'project');
  file = join(home, '.config', 'orchestrator', 'config.yaml');
  mkdirSync(dirname(file), { recursive: true });
  mkdirSync(project);
});

const orc = async (...argv: readonly string[]): Promise<{ code: number; out: string; err: string }> => {
  const host = fakeHost({ argv, env: { HOME: home }, cwd: project });
  const code = await main(host);
  return { code, out: host.out(), err: host.err() };
};

describe('a configuration that is no plain file', () => {
  const odd: readonly (readonly [string, (path: string) => void, string])[] = [
    ['a link to /dev/zero', (path) => symlinkSync('/dev/zero', path), 'it is a device, not a file'],
    ['a link to /dev/stdin', (path) => symlinkSync('/dev/tty', path), 'it is a device, not a file'],
    ['a pipe', (path) => execFileSync('mkfifo', [path]), 'it is a pipe, not a file'],
    ['a folder', (path) => mkdirSync(path), 'it is a folder, not a file'],
    ['a huge file', (path) => writeFileSync(path, '#'.repeat(1024 * 1024 + 1)), 'it is larger than 1MB'],
    ['a link in a circle', (path) => symlinkSync(path, path), 'its links lead in a circle (ELOOP)'],
  ];
  const places: readonly (readonly [string, () => string])[] = [
    ['the user’s file', () => file],
    ['a project’s file', () => join(project, '.orc.yaml')],
    ['the .env file', () => join(dirname(file), '.env')],
  ];
  const cases = odd.flatMap(([what, make, why]) => places.map(([place, path]) => ({ what, place, make, path, why })));

  it.skipIf(notPosix).each(cases)(
    '$what as $place: one line, 3, and nothing waits',
    async ({ make, path, why, what, place }) => {
      make(path());
      const { code, out, err } = await orc('config', 'list');
      // A link that leads nowhere is no file, as a name that is not there.
      if (what === 'a link in a circle' && place !== 'the .env file') expect(code).toBe(0);
      else expect({ code, out, err }).toEqual({ code: 3, out: '', err: `orc: ${path()}: cannot be read: ${why}\n` });
    },
  );

  it.skipIf(notPosix)('`config set` leaves it as it is', async () => {
    execFileSync('mkfifo', [file]);
    expect((await orc('config', 'set', 'log.level', 'warn')).code).toBe(3);
    expect(statSync(file).isFIFO()).toBe(true);
  });

  it('YAML that is nested too deeply is told with its place', async () => {
    writeFileSync(file, Array.from({ length: 1300 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join(''));
    const { code, err } = await orc('config', 'list');
    expect(code).toBe(3);
    expect(err).not.toMatch(/call stack|RangeError/i);
    expect(err).toMatch(/config\.yaml:\d+:\d+: /);
  });
});

describe('a file of version 1.0 with something in the way of a setting that moves', () => {
  const features = 'features: { cache_ttl: 5m, enable_caching: false }\n';

  it.each([
    'performance:\n',
    'performance: ~\n',
    'performance: { cache: }\n',
    'performance: { cache: { file: } }\n',
    '',
  ])('nothing is in the way: %j', async (text) => {
    writeFileSync(file, `${text}${features}`);
    expect((await orc('config', 'get', 'performance.cache.ttl')).out).toBe('5m\n');
    expect((await orc('config', 'get', 'performance.cache.file.enabled')).out).toBe('false\n');
  });

  it.each<readonly [string, string]>([
    ['performance: [1]\n', 'config.yaml:1:1: `performance` is a group of settings, not one'],
    ['performance: x\n', 'config.yaml:1:1: `performance` is a group of settings, not one'],
    ['performance:\n  cache: x\n', 'config.yaml:2:3: `performance.cache` is a group of settings, not one'],
    ['performance:\n  cache: []\n', 'config.yaml:2:3: `performance.cache` is a group of settings, not one'],
    ['performance:\n  cache: { file: 5 }\n', 'config.yaml:2:12: `performance.cache.file` is a group of settings'],
  ])('%j is told with its place, 3', async (text, expected) => {
    writeFileSync(file, `${text}${features}`);
    const { code, err } = await orc('config', 'list');
    expect(code).toBe(3);
    expect(err).toContain(expected);
  });
});

describe('`config set` on a file that holds', () => {
  it.each<readonly [string, string, string]>([
    ['nothing', '', 'log:\n  level: warn\n'],
    ['a null', '~\n', 'log:\n  level: warn\n'],
    ['a null with comments', '# mine\n~ # nothing yet\n', '# mine\nlog:\n  level: warn\n# nothing yet\n'],
    ['a directive', '%YAML 1.2\n---\n', '%YAML 1.2\n---\nlog:\n  level: warn\n'],
    ['an empty map', '{}\n', 'log:\n  level: warn\n'],
    ['an empty group', '# a\nlog:\n# b\n', '# a\nlog:\n  level: warn\n  # b\n'],
    ['a group that is null', 'log: ~ # c\n', 'log:\n  level: warn\n  # c\n'],
    ['comments alone', '# mine\n', '# mine\n\nlog:\n  level: warn\n'],
    [
      'a long line',
      `ai: { model: "offline/scribe" } # ${'x'.repeat(200)}\n`,
      `ai: { model: "offline/scribe" } # ${'x'.repeat(200)}\nlog:\n  level: warn\n`,
    ],
  ])('%s: the setting stands there, and nothing is lost', async (_, before, after) => {
    writeFileSync(file, before);
    expect((await orc('config', 'set', 'log.level', 'warn')).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(after);
    expect((await orc('config', 'get', 'log.level')).out).toBe('warn\n');
  });

  it.each([
    '- a\n- list\n',
    'a text\n',
    '5\n',
    'log: [1]\n',
    'log: &a { level: info }\nperformance: *a\n',
    'a: 1\n---\nb: 2\n',
  ])('something else (%j): file and line, 3, and it stays as it is', async (text) => {
    writeFileSync(file, text);
    const { code, err } = await orc('config', 'set', 'log.level', 'warn');
    expect(code).toBe(3);
    expect(err).toMatch(/^orc: \S+config\.yaml:\d+:\d+: /);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('comments outlive the last setting', async () => {
    writeFileSync(file, '# a\n\nlog:\n  level: warn\n\n# z\n');
    expect((await orc('config', 'unset', 'log.level')).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toMatch(/# z/);
    expect((await orc('config', 'set', 'log.level', 'warn')).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toMatch(/^log:\n {2}level: warn\n[\s\S]*# z/m);
  });
});

describe('a link in the place of the file', () => {
  it('of the user’s own making is kept: what it leads to is replaced, whole, and for its owner alone', async () => {
    const dotfiles = join(home, 'dotfiles');
    mkdirSync(dotfiles);
    writeFileSync(join(dotfiles, 'orc.yaml'), '# mine\n');
    symlinkSync('../../dotfiles/orc.yaml', file);
    expect((await orc('config', 'set', 'log.level', 'warn')).code).toBe(0);
    expect(readlinkSync(file)).toBe('../../dotfiles/orc.yaml');
    expect(readFileSync(join(dotfiles, 'orc.yaml'), 'utf8')).toBe('# mine\n\nlog:\n  level: warn\n');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(dotfiles)).toEqual(['orc.yaml']);
  });

  it('to nothing is refused, in one line', async () => {
    symlinkSync('nowhere', file);
    const { code, err } = await orc('config', 'set', 'log.level', 'warn');
    expect({ code, err }).toEqual({
      code: 3,
      err: `orc: ${file} cannot be written: it is a link to a file that is not there\n`,
    });
  });

  it('of another user’s is refused', () => {
    writeFileSync(join(home, 'target'), 'old');
    symlinkSync(join(home, 'target'), file);
    const owner = lstatSync(file).uid;
    const replace = (): void => replaceFile(file, 'new', { followLink: true, uid: owner + 1 });
    if (owner === 0) return replace();
    expect(replace).toThrow("a link of another user's stands in its place");
    expect(readFileSync(join(home, 'target'), 'utf8')).toBe('old');
  });

  it('in a project is refused: it is not of the user’s making', async () => {
    for (const target of [join(home, '.bashrc'), join(home, '.profile')]) {
      const link = join(project, '.orc.yaml');
      if (target.endsWith('.bashrc')) writeFileSync(target, '');
      symlinkSync(target, link);
      const before = snapshotFolder(home);
      const { code, err } = await orc('config', 'set', '--project', 'log.level', 'warn');
      expect({ code, err }).toEqual({
        code: 3,
        err: `orc: ${link} cannot be written: a link stands in its place\n`,
      });
      expect(snapshotFolder(home)).toEqual(before);
      execFileSync('rm', [link]);
    }
  });

  it('where the file for the new content would be made is not followed', async () => {
    // The name that the file had while it was written once.
    writeFileSync(join(home, '.bashrc'), 'mine\n');
    symlinkSync(join(home, '.bashrc'), `${file}.part`);
    expect((await orc('config', 'set', 'log.level', 'warn')).code).toBe(0);
    expect(readFileSync(join(home, '.bashrc'), 'utf8')).toBe('mine\n');
  });
});

it('a folder that can not be written leaves the old file and no other', async () => {
  if (process.getuid?.() === 0) return;
  writeFileSync(file, '# mine\n');
  chmodSync(dirname(file), 0o500);
  try {
    expect((await orc('config', 'set', 'log.level', 'warn')).code).toBe(3);
    expect(readdirSync(dirname(file))).toEqual(['config.yaml']);
  } finally {
    chmodSync(dirname(file), 0o700);
  }
});

it('the YAML library warns nobody: neither by a process warning nor on stderr', async () => {
  const warnings: unknown[] = [];
  const seen = (warning: unknown): number => warnings.push(warning);
  process.on('warning', seen);
  try {
    writeFileSync(file, 'ai:\n  prices: { ? [a, b] : { input: 1, output: 1 }, ? { c: d } : 5 }\n');
    await orc('config', 'list');
    await orc('config', 'set', 'log.level', 'warn');
    writeFileSync(file, '%FOO bar\n---\nlog: { level: !!strange warn }\n');
    await orc('config', 'list');
    await new Promise((resolve) => setImmediate(resolve));
    expect(warnings).toEqual([]);
  } finally {
    process.off('warning', seen);
  }
});

it('.env is read as Node reads it: export, quotes, several lines, comments', async () => {
  writeFileSync(
    join(dirname(file), '.env'),
    'export A="one # two"\nB=three # four\nC=\'five\'\nD="six\nseven"\n__proto__=x\n',
  );
  writeFileSync(file, 'ai: { model: "offline/${A}-${B}-${C}-${D}" }\n');
  expect((await orc('config', 'get', 'ai.model')).out).toMatch(/^offline\/one # two-three-five-six\s+seven\n$/);
  writeFileSync(file, 'ai: { model: "${constructor}" }\n');
  expect((await orc('config', 'get', 'ai.model')).err).toContain(
    'refers to the variable constructor, which is not set',
  );
});
