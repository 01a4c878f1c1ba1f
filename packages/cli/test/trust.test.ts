import {
  chmodSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { beforeEach, describe, expect, it } from 'vitest';

import { folderOfTest } from '../../../test-support/temporary-folder.ts';
import { loadConfig, type Config } from '../src/config/load.ts';
import { main } from '../src/main.ts';
import { fakeHost, type FakeHostOptions } from './support/fake-host.ts';

let home: string;
let project: string;
let store: string;
beforeEach(() => {
  home = realpathSync(folderOfTest());
  project = join(home, 'project');
  store = join(home, '.config', 'orchestrator', 'trusted.json');
  mkdirSync(project);
});

const write = (text: string): void => writeFileSync(join(project, '.orc.yaml'), text);
const load = (): Promise<Config> =>
  loadConfig({ ...fakeHost({ env: { HOME: home }, cwd: project }), uid: process.getuid?.() });
const orc = async (
  argv: readonly string[],
  more: FakeHostOptions = {},
): Promise<{ code: number; out: string; err: string }> => {
  const host = fakeHost({ argv, env: { HOME: home }, cwd: project, ...more });
  return { code: await main(host), out: host.out(), err: host.err() };
};
const lax = 'ai: { model: openai/dear }\nlimits: { budget_usd: 50, max_retries: 9 }\npaths: { output_dir: out }\n';

describe('orc trust', () => {
  it('shows what the file would set and why, takes a yes, and the file counts from then on', async () => {
    write(lax);
    const { code, out } = await orc(['trust', '--yes']);
    expect(code).toBe(0);
    expect(out).toContain('line 1  ai.model: openai/dear  (it may cost money, and send what it reads elsewhere)');
    expect(out).toContain('line 2  limits.max_retries: 9  (it is laxer than what holds without it)');
    expect(out).toContain('line 3  paths.output_dir: out');
    const { settings, warnings } = await load();
    expect(settings).toMatchObject({
      'ai.model': 'openai/dear',
      'limits.max_retries': 9,
      'paths.output_dir': join(project, 'out'),
    });
    expect(warnings).toEqual([]);
  });

  it('asks on a terminal, and only a yes is one', async () => {
    write(lax);
    for (const stdin of ['', 'n\n', '\n', 'what\n']) {
      const { code, err } = await orc(['trust'], { tty: true, stdin });
      expect({ code, asked: err.includes('Allow all of it? [y/N]') }).toEqual({ code: 1, asked: true });
    }
    expect((await load()).settings['ai.model']).toBe('');
    expect((await orc(['trust'], { tty: true, stdin: 'y\n' })).code).toBe(0);
    expect((await load()).settings['ai.model']).toBe('openai/dear');
  });

  it('without a terminal and without --yes it is a usage error', async () => {
    write(lax);
    expect(await orc(['trust'])).toMatchObject({ code: 2, err: expect.stringContaining('orc trust --yes') as string });
    expect((await load()).settings['ai.model']).toBe('');
  });

  it('a file that has changed is trusted no longer, and says so', async () => {
    write(lax);
    await orc(['trust', '--yes']);
    write(`${lax}# one more\n`);
    const { settings, warnings } = await load();
    expect(settings['ai.model']).toBe('');
    expect(warnings[0]).toContain('has changed since you trusted it');
    expect((await orc(['trust', '--list'])).out).toMatch(/^changed {2}\S+ {2}~\/project\/\.orc\.yaml\n$/);
    write(lax);
    expect((await load()).settings['ai.model']).toBe('openai/dear');
  });

  it('never allows keys, addresses, commands, variables, a cache folder, or a path out of the project', async () => {
    write(
      'performance: { cache: { file: { dir: .cache } } }\nai: { model: "openai/${HOME}", base_url: "http://x/v1", api_key: k, exec: { x: { command: sh } }, timeout: 9m }\npaths: { output_dir: ".." }\nlog: { file: l }\nmetrics: { file: m }\ndistributed: { redis_url: "redis://x" }\n',
    );
    const { code, out } = await orc(['trust', '--yes']);
    expect(code).toBe(0);
    expect(out).toContain("sets what no project's file can:");
    const { settings, warnings } = await load();
    const { settings: without } = await loadConfig(fakeHost({ env: { HOME: home }, cwd: home }));
    expect(settings).toEqual({ ...without, 'ai.timeout': 540_000 });
    expect(warnings[0]).toMatch(
      /ignored `performance\.cache\.file\.dir`.*`ai\.model`.*`paths\.output_dir`.*`distributed\.redis_url`/,
    );
  });

  it('the list of trusted files is its owner’s alone', async () => {
    write(lax);
    await orc(['trust', '--yes']);
    expect(statSync(store).mode & 0o777).toBe(0o600);
    expect(statSync(join(home, '.config', 'orchestrator')).mode & 0o777).toBe(0o700);
  });

  it('a list that others may write to, a link, and a damaged one trust nothing, and say so', async () => {
    write(lax);
    await orc(['trust', '--yes']);
    const expectNothing = async (why: RegExp): Promise<void> => {
      const { settings, warnings } = await load();
      expect(settings['ai.model']).toBe('');
      expect(warnings[0]).toMatch(why);
    };
    chmodSync(store, 0o666);
    await expectNothing(/others may write to it/);
    chmodSync(store, 0o600);
    const text = readFileSync(store, 'utf8');
    for (const damaged of ['', '[]', '{"schema":"orc.trust/1","files":[{"path":5}]}', text.slice(0, -20)]) {
      writeFileSync(store, damaged);
      await expectNothing(/trusted\.json: expected/);
    }
    rmSync(store);
    symlinkSync(join(project, 'list'), store);
    writeFileSync(join(project, 'list'), text);
    await expectNothing(/a link stands in its place/);
  });

  it('--remove takes it back; a file, or a folder, that is not there is said', async () => {
    write(lax);
    await orc(['trust', '--yes']);
    expect((await orc(['trust', '--remove'])).err).toContain('is trusted no longer');
    expect((await orc(['trust', '--remove'])).err).toContain('was not trusted');
    expect((await load()).settings['ai.model']).toBe('');
    expect((await orc(['trust', '--list'])).err).toBe('no project is trusted\n');
    expect((await orc(['trust', 'nowhere'])).code).toBe(2);
    rmSync(join(project, '.orc.yaml'));
    expect((await orc(['trust'])).err).toContain('there is no .orc.yaml');
  });

  it('the project can be named by its folder, or by a link to it', async () => {
    write(lax);
    symlinkSync(project, join(home, 'other-name'));
    expect((await orc(['trust', '../other-name', '--yes'])).code).toBe(0);
    expect((await load()).settings['ai.model']).toBe('openai/dear');
  });

  it('what is shown of the file drives no terminal', async () => {
    write('ai: { model: "openai/\\e[2J\\e]0;x\\a\\r\\nline 9  all is well" }\n');
    const { out } = await orc(['trust', '--yes']);
    // oxlint-disable-next-line no-control-regex
    expect(out).not.toMatch(/[\u0000-\u0009\u000B-\u001F]/);
    expect(out.trimEnd().split('\n')).toHaveLength(2);
  });
});

describe('config set --project', () => {
  it('a file that the user makes, or had trusted, stays trusted: the change is the user’s own', async () => {
    expect((await orc(['config', 'set', '--project', 'ai.model', 'openai/dear'])).code).toBe(0);
    expect((await load()).settings['ai.model']).toBe('openai/dear');
    await orc(['config', 'set', '--project', 'limits.max_retries', '9']);
    expect((await load()).settings['limits.max_retries']).toBe(9);
    await orc(['config', 'unset', '--project', 'ai.model']);
    expect((await load()).settings).toMatchObject({ 'ai.model': '', 'limits.max_retries': 9 });
  });

  it('a file of somebody else’s is not trusted by a change to it', async () => {
    write(lax);
    expect((await orc(['config', 'set', '--project', 'log.level', 'warn'])).code).toBe(0);
    expect((await load()).settings).toMatchObject({ 'ai.model': '', 'log.level': 'warn' });
  });
});
