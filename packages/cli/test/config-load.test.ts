import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeEach, describe, expect, it } from 'vitest';

import { folderOfTest } from '../../../test-support/temporary-folder.ts';
import { loadConfig, type Config, type FlagSetting } from '../src/config/load.ts';
import { defaultSettings, environmentName, settingKeys } from '../src/config/settings.ts';
import { main } from '../src/main.ts';
import { fakeHost } from './support/fake-host.ts';

let home: string;
let project: string;

beforeEach(() => {
  home = folderOfTest();
  project = join(home, 'project', 'deep');
  mkdirSync(join(home, '.config', 'orchestrator'), { recursive: true });
  mkdirSync(project, { recursive: true });
});

const userFile = (text: string): void => writeFileSync(join(home, '.config', 'orchestrator', 'config.yaml'), text);
const projectFile = (text: string): void => writeFileSync(join(home, 'project', '.orc.yaml'), text);
const load = (env: Record<string, string> = {}, flags: readonly FlagSetting[] = []): Promise<Config> =>
  loadConfig(fakeHost({ env: { HOME: home, ...env }, cwd: project }), { flags });
const problem = async (text: string): Promise<string> => {
  userFile(text);
  return load().then(
    () => 'no error',
    (error: Error & { exitCode?: number }) => {
      expect(error.exitCode).toBe(3);
      return error.message.replaceAll(home, '~');
    },
  );
};

describe('layers', () => {
  it('without any file the defaults hold', async () => {
    const config = await load();
    expect(config.settings).toEqual(defaultSettings);
    expect(config.origins.get('ai.model')).toEqual({ layer: 'default', source: 'built in' });
  });

  it('the documented block is read: durations, sizes, automatic values', async () => {
    userFile(
      'performance:\n  enabled: true\n  cache:\n    ttl: "45m"\n    max_size: 500\n    file: { max_bytes: "1GB" }\n  concurrency:\n    max_workers: 0\n    buffer_size: 4\n',
    );
    const { settings } = await load();
    expect(settings['performance.cache.ttl']).toBe(45 * 60_000);
    expect(settings['performance.cache.max_size']).toBe(500);
    expect(settings['performance.cache.file.max_bytes']).toBe(1024 ** 3);
  });

  it('user file < project file < environment < flag, each with its origin', async () => {
    userFile('performance:\n  concurrency: { max_workers: 2 }\nlog: { level: warn }\n');
    projectFile('performance:\n  concurrency: { max_workers: 3 }\nai:\n  model: offline/scribe\n');
    const config = await load({ ORC_PERFORMANCE_CACHE_TTL: '5m' }, [
      { key: 'performance.concurrency.max_workers', text: '4', flag: '--concurrency' },
    ]);
    expect(config.settings).toMatchObject({
      'performance.concurrency.max_workers': 4,
      'log.level': 'warn',
      'ai.model': 'offline/scribe',
      'performance.cache.ttl': 300_000,
    });
    expect(config.origins.get('performance.concurrency.max_workers')).toEqual({
      layer: 'flag',
      source: '--concurrency',
    });
    expect(config.origins.get('performance.cache.ttl')).toEqual({
      layer: 'environment',
      source: 'ORC_PERFORMANCE_CACHE_TTL',
    });
    expect(config.origins.get('ai.model')).toEqual({
      layer: 'project file',
      source: `${join(home, 'project', '.orc.yaml')}:4`,
    });
    expect(config.origins.get('log.level')?.layer).toBe('user file');
  });

  it('every setting has an environment variable of its own', () => {
    expect(new Set(settingKeys.map(environmentName)).size).toBe(settingKeys.length);
    expect(environmentName('performance.cache.ttl')).toBe('ORC_PERFORMANCE_CACHE_TTL');
  });

  it('paths in a file start at that file, `~` is the home folder', async () => {
    userFile('log: { file: "~/orc.log" }\n');
    projectFile('paths: { output_dir: out }\n');
    await main(fakeHost({ argv: ['trust', '--yes'], env: { HOME: home }, cwd: project }));
    const { settings } = await load();
    expect(settings['paths.output_dir']).toBe(join(home, 'project', 'out'));
    expect(settings['log.file']).toBe(join(home, 'orc.log'));
  });

  it('`${NAME}` is read from the environment, and from the .env file below it', async () => {
    writeFileSync(join(home, '.config', 'orchestrator', '.env'), '# keys\nexport MY_KEY="from the file"\nOTHER=x\n');
    userFile('ai: { api_key: "${MY_KEY}", base_url: "http://${OTHER}/v1" }\n');
    expect((await load()).settings).toMatchObject({ 'ai.api_key': 'from the file', 'ai.base_url': 'http://x/v1' });
    expect((await load({ MY_KEY: 'real' })).settings['ai.api_key']).toBe('real');
  });

  it('a missing variable is an error, but not for a key, which is told when a model needs it', async () => {
    userFile('ai: { api_key: "${NOT_THERE}" }\n');
    expect((await load()).settings['ai.api_key']).toBe('');
    expect(await problem('ai: { base_url: "${NOT_THERE}" }\n')).toContain(
      'refers to the variable NOT_THERE, which is not set',
    );
  });
});

describe('what is wrong is told with file, line and column', () => {
  it.each([
    ['performence:\n  enabled: true\n', 'config.yaml:1:1: unknown key `performence`; did you mean `performance`?'],
    [
      'performance:\n  cache:\n    tll: 30m\n',
      'config.yaml:3:5: unknown key `performance.cache.tll`; did you mean `performance.cache.ttl`?',
    ],
    [
      'performance:\n  enabled: "yes"\n',
      'config.yaml:2:12: expected `performance.enabled` to be `true` or `false`, got `"yes"` (string)',
    ],
    [
      'performance:\n  cache:\n    ttl: 30 minutes\n',
      'config.yaml:3:10: expected `performance.cache.ttl` to be a duration such as `30s`, `30m` or `7d`, got `"30 minutes"` (string)',
    ],
    ['performance:\n  cache:\n    ttl: 30\n', 'got `30` (number); did you mean `30s`?'],
    [
      'performance:\n  cache:\n    file: { max_bytes: big }\n',
      'config.yaml:3:24: expected `performance.cache.file.max_bytes` to be a size',
    ],
    [
      'log: { level: wran }\n',
      'to be one of `debug`, `info`, `warn`, `error`, got `"wran"` (string); did you mean `warn`?',
    ],
    [
      'limits: { max_retries: -1 }\n',
      'config.yaml:1:24: expected `limits.max_retries` to be an integer from 0 to 100, got `-1` (number)',
    ],
    [
      'performance: [1]\n',
      'config.yaml:1:1: `performance` is a group of settings, not one; write its settings below it',
    ],
    ['- a\n', 'expected a map of settings'],
    ['a: b: c\n', 'config.yaml:1:'],
    ['ai: { prices: { "openai/x": { input: cheap, output: 1 } } }\n', 'wrong at `openai/x.input`'],
  ])('%j', async (text, expected) => {
    expect(await problem(text)).toContain(expected);
  });

  it('all problems of a file at once', async () => {
    expect((await problem('nope: 1\nlog: { level: 3 }\n')).split('\n')).toHaveLength(2);
  });

  it('a wrong variable names the variable, a wrong flag is a usage error', async () => {
    await expect(load({ ORC_PERFORMANCE_CACHE_TTL: 'soon' })).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/^ORC_PERFORMANCE_CACHE_TTL: expected/) as string,
    });
    await expect(
      load({}, [{ key: 'performance.concurrency.max_workers', text: '-1', flag: '--concurrency' }]),
    ).rejects.toMatchObject({ exitCode: 2 });
  });

  it('a file that is named has to exist', async () => {
    await expect(load({ ORC_CONFIG: join(home, 'none.yaml') })).rejects.toMatchObject({ exitCode: 3 });
  });

  it('an empty file, and one of comments alone, say nothing', async () => {
    for (const text of ['', '# nothing\n', 'performance:\n', 'ai: { model: }\n']) {
      userFile(text);
      expect((await load()).settings).toEqual(defaultSettings);
    }
  });
});

describe('addresses', () => {
  it('have a scheme that can be spoken, also when they come from a variable', async () => {
    expect(await problem('distributed: { redis_url: "localhost:6379" }\n')).toMatch(
      /:1:\d+: expected `distributed.redis_url` to be an address that starts with redis:\/\/ or rediss:\/\/.*did you mean `redis:\/\/localhost:6379`/,
    );
    userFile('distributed: { redis_url: "${QUEUE}" }\n');
    await expect(load({ QUEUE: 'http://user:secret@queue' })).rejects.toThrow(/got something else from its variable/);
    expect((await load({ QUEUE: 'rediss://queue:6380' })).settings['distributed.redis_url']).toBe(
      'rediss://queue:6380',
    );
    await expect(load({ ORC_AI_BASE_URL: 'file:///etc' })).rejects.toThrow(/starts with http:\/\/ or https:\/\//);
  });
});

describe('a file of version 1.0 works as it is', () => {
  const original = `ai:
  api_key: ""
  model: "claude-3-5-sonnet-20241022"
  base_url: "https://api.anthropic.com"
  timeout: 120
paths:
  output_dir: ""
  prompts:
    orchestrator: ""
    writer: ""
limits:
  max_concurrent_writers: 10
  max_retries: 3
  phase_timeout: "30m"
  total_timeout: "4h"
log:
  level: "info"
  format: "text"
  file: ""
features:
  enable_checkpointing: true
  enable_caching: true
  cache_ttl: "24h"
  debug_mode: false
`;

  it('with every key of the original mapped or ignored, and one warning', async () => {
    userFile(original);
    const config = await load();
    expect(config.settings).toMatchObject({
      'ai.model': 'anthropic/claude-3-5-sonnet-20241022',
      'ai.base_url': '',
      'ai.timeout': 120_000,
      'performance.cache.ttl': 86_400_000,
      'performance.cache.file.enabled': true,
      'limits.phase_timeout': 1_800_000,
    });
    expect(config.warnings).toHaveLength(1);
    expect(config.warnings[0]).toMatch(/read as today's settings: .*ai\.timeout.*; without effect: .*limits\.max_conc/);
  });

  it('with the key of Anthropic in OPENAI_API_KEY, as that version read it; a key of OpenAI is not sent there', async () => {
    userFile(original);
    const config = await load({ OPENAI_API_KEY: 'sk-ant-old' });
    expect(config.settings['ai.api_key']).toBe('sk-ant-old');
    expect(config.warnings.join()).toContain("today's name is ANTHROPIC_API_KEY");
    expect((await load({ OPENAI_API_KEY: 'sk-proj-1' })).settings['ai.api_key']).toBe('');
    const both = await load({ OPENAI_API_KEY: 'sk-ant-old', ANTHROPIC_API_KEY: 'sk-ant-new' });
    expect(both.settings['ai.api_key']).toBe('');
  });

  it('config validate tells what became of each key', async () => {
    userFile(original);
    const host = fakeHost({ argv: ['config', 'validate'], env: { HOME: home }, cwd: home });
    expect(await main(host)).toBe(0);
    expect(host.err()).toMatch(/limits\.max_concurrent_writers +has no effect: use `performance\.concurrency/);
    expect(host.err()).toMatch(/ai\.timeout +read as seconds: `120s`/);
  });

  it('a literal key works, is warned about and never repeated', async () => {
    userFile('ai: { api_key: "sk-secret-123" }\n');
    const config = await load();
    expect(config.settings['ai.api_key']).toBe('sk-secret-123');
    expect(config.warnings.join()).toMatch(/literal API key/);
    expect(config.warnings.join()).not.toContain('sk-secret-123');
    expect(await problem('ai: { api_key: [sk-secret-123] }\n')).not.toContain('sk-secret-123');
  });
});
