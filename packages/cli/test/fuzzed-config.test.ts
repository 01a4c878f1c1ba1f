import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { folderOfFile } from '../../../test-support/temporary-folder.ts';
import { environmentName, settingKeys, type SettingKey } from '../src/config/settings.ts';
import { exitCodes } from '../src/exit-code.ts';
import { main } from '../src/main.ts';
import { fakeHost } from './support/fake-host.ts';

/** `ORC_FUZZ_LONG=1` asks for the long form. */
const long = process.env['ORC_FUZZ_LONG'] === '1';
const runs = long ? 5000 : 250;

const home = folderOfFile();
const project = join(home, 'project');
const userFile = join(home, '.config', 'orchestrator', 'config.yaml');
mkdirSync(dirname(userFile), { recursive: true });
mkdirSync(project);

const names = [
  ...settingKeys,
  'features.enable_caching',
  'features.cache_ttl',
  'features.debug_mode',
  'features',
  'performance',
  'performance.cache',
  'performance.cache.file',
  'ai',
  'limits',
  'verification',
  'plugins',
  'paths.prompts',
  'limits.max_concurrent_writers',
  '__proto__.x',
  'constructor.y',
  'toString',
];
const values = [
  'true',
  'false',
  'yes',
  'null',
  '~',
  '',
  '0',
  '-1',
  '1',
  '8',
  '1e308',
  '1e400',
  '.inf',
  '.nan',
  '0x1F',
  '0o17',
  '"30m"',
  '30m',
  '7d',
  '1h30m',
  '"0"',
  '0s',
  '99999999999999999999d',
  '256MB',
  '"1.5 GB"',
  '999999999999999TB',
  '"x"',
  'known',
  'off',
  '"off"',
  'offline/scribe',
  'openai/x',
  'claude-x',
  'gpt-4',
  'debug',
  'json',
  'fast',
  '120',
  '{}',
  '[]',
  '{a: 1}',
  '[1, 2]',
  '{a: {input: 1, output: 2}}',
  '{a: {input: -1, output: 2}}',
  '{x: {command: "ls", args: [a]}}',
  '{x: {command: 1}}',
  '{__proto__: {input: 1, output: 1}}',
  '{"*": {input: .inf, output: 1}}',
  '{? [a, b] : {input: 1, output: 1}}',
  '"${HOME}"',
  '"${NOPE}"',
  '"${}"',
  '"${constructor}"',
  '"${${A}}"',
  '*a',
  '&a [1]',
  '!!binary aGk=',
  '!!set {a}',
  '!!js/function "x"',
  '2024-01-01',
  '"\\u0000"',
  '"\\ud800"',
  '"\\e[2J"',
  '|\n    multi\n    line',
  '>-\n    folded',
  '"http://x"',
  '"http://"',
  '"redis://u:p@h:99999"',
  '"redis://%zz@h"',
  '"rediss://h"',
  '"~"',
  '"~/x"',
  '".."',
  '"."',
  `"${'a'.repeat(3000)}"`,
];
const fragments = [
  '\t',
  ':',
  '- ',
  '{',
  '[',
  '"',
  "'",
  '&x ',
  '*x',
  '!',
  '%',
  '@',
  '`',
  '\u0000',
  '\uFEFF',
  '\r',
  '? ',
];
const lines = ['|', '---\n', '...\n', '<<: *a\n', '#', '%YAML 1.2\n---\n', '%FOO\n', 'x: &a 1\n'];

/** Settings by dotted names, nested as YAML nests them. */
function nested(settings: readonly (readonly [string, string])[]): string {
  const tree = new Map<string, unknown>();
  for (const [name, value] of settings) {
    const path = name.split('.');
    let map = tree;
    for (const part of path.slice(0, -1)) {
      const below = map.get(part);
      const next = below instanceof Map ? (below as Map<string, unknown>) : new Map<string, unknown>();
      map.set(part, next);
      map = next;
    }
    map.set(path.at(-1) ?? name, value);
  }
  const write = (map: Map<string, unknown>, indent: string): string =>
    [...map]
      .map(([name, value]) =>
        value instanceof Map
          ? `${indent}${name}:\n${write(value as Map<string, unknown>, `${indent}  `)}`
          : `${indent}${name}: ${String(value)}\n`,
      )
      .join('');
  return write(tree, '');
}

const wellFormed = fc
  .array(fc.tuple(fc.constantFrom(...names), fc.constantFrom(...values)), { maxLength: 6 })
  .map((settings) => nested(settings));
const damaged = fc
  .tuple(
    wellFormed,
    fc.array(fc.tuple(fc.nat(400), fc.nat(4), fc.constantFrom(...fragments, ...lines)), { maxLength: 4 }),
  )
  .map(([text, edits]) =>
    edits.reduce(
      (so, [at, cut, put]) => so.slice(0, at % (so.length + 1)) + put + so.slice((at % (so.length + 1)) + cut),
      text,
    ),
  );
const monstrous = fc.oneof(
  fc.nat(20_000).map((depth) => '['.repeat(depth)),
  fc.nat(5000).map((depth) => 'a: '.repeat(depth)),
  fc.nat(5000).map((depth) => '{a: '.repeat(depth)),
  fc.nat(1200).map((depth) => Array.from({ length: depth }, (_, at) => `${' '.repeat(at)}a:\n`).join('')),
  fc.constant(
    `${Array.from({ length: 12 }, (_, at) => `k${at}: &k${at} [${Array.from({ length: 9 }, () => (at === 0 ? 'x' : `*k${at - 1}`)).join(', ')}]\n`).join('')}ai: { prices: *k11 }\n`,
  ),
);
const text = fc.oneof(
  { weight: 60, arbitrary: wellFormed },
  { weight: 36, arbitrary: damaged },
  { weight: long ? 2 : 1, arbitrary: monstrous },
);

const settingWord = fc.constantFrom(...names);
const valueWord = fc.constantFrom(...values);
const commandLine = fc.oneof(
  fc.constantFrom(
    ['config', 'list'],
    ['config', 'list', '--json', '--show-origin'],
    ['config', 'validate'],
    ['config', 'validate', '.orc.yaml'],
    ['plan', 'hi', '--pipeline', 'quick'],
    ['doctor'],
    ['cache', 'path'],
    ['models'],
    ['trust'],
    ['trust', '--yes'],
    ['trust', '--list'],
    ['trust', '--remove'],
  ),
  settingWord.map((name) => ['config', 'get', name]),
  fc.tuple(settingWord, fc.boolean()).map(([name, own]) => ['config', 'unset', ...(own ? [] : ['--project']), name]),
  fc
    .tuple(settingWord, valueWord, fc.boolean())
    .map(([name, value, own]) => ['config', 'set', ...(own ? [] : ['--project']), '--', name, value]),
);
const variables = fc.option(
  fc
    .tuple(fc.constantFrom(...settingKeys), valueWord)
    .map(([name, value]): Record<string, string> => ({ [environmentName(name)]: value })),
  { nil: {} },
);

const raw =
  /with -verbose it tells where|TypeError|RangeError|ReferenceError|SyntaxError: |Cannot read propert|is not a function|is not iterable|\[object |\bundefined\b|call stack|^\s+at .*:\d+:\d+/m;

describe('whatever stands in the configuration', () => {
  it(
    `${runs} configurations of user, project and environment: a command works or says what is wrong, with a documented exit code`,
    { timeout: long ? 3_600_000 : 120_000 },
    async () => {
      const warnings: string[] = [];
      const warned = (warning: Error): number => warnings.push(warning.message);
      process.on('warning', warned);
      await fc.assert(
        fc.asyncProperty(
          text,
          fc.option(text, { nil: undefined }),
          commandLine,
          variables,
          async (own, foreign, argv, env) => {
            writeFileSync(userFile, own);
            rmSync(join(project, '.orc.yaml'), { force: true });
            if (foreign !== undefined) writeFileSync(join(project, '.orc.yaml'), foreign);
            const host = fakeHost({ argv, env: { HOME: home, ...env }, cwd: project });
            const code = await main(host);
            expect(Object.values(exitCodes)).toContain(code);
            // One that has failed has failed at something that it says.
            if (code !== 0) expect(host.out() + host.err()).not.toBe('');
            expect(host.err()).not.toMatch(raw);
          },
        ),
        { numRuns: runs, seed: 20_261_201, ...(long ? { endOnFailure: true } : {}) },
      );
      process.off('warning', warned);
      expect(warnings).toEqual([]);
    },
  );

  it(
    `${runs} projects: without trust none of them loosens anything, chooses a path or sees a variable`,
    { timeout: long ? 3_600_000 : 120_000 },
    async () => {
      const { loadConfig } = await import('../src/config/load.ts');
      const secret = 'sk-0123456789abcdef';
      const free: readonly SettingKey[] = ['log.level', 'log.format'];
      const load = async (): Promise<Readonly<Record<string, unknown>> | undefined> => {
        try {
          const host = fakeHost({ env: { HOME: home, SECRET: secret }, cwd: project });
          return (await loadConfig(host)).settings as unknown as Record<string, unknown>;
        } catch {
          return undefined;
        }
      };
      rmSync(join(home, '.config', 'orchestrator', 'trusted.json'), { force: true });
      const strict =
        'performance: { enabled: false, cache: { ttl: 1s, max_size: 1, file: { enabled: false } }, concurrency: { max_workers: 1, buffer_size: 1 }, prefetch: "off" }\n' +
        'ai: { model: offline/scribe, timeout: 1ms }\nlimits: { max_retries: 0, phase_timeout: 1ms, total_timeout: 1ms, requests_per_minute: 1, tokens_per_minute: 1, budget_usd: 0.000001 }\n';
      writeFileSync(userFile, strict);
      rmSync(join(project, '.orc.yaml'), { force: true });
      const before = await load();
      await fc.assert(
        fc.asyncProperty(fc.oneof(wellFormed, damaged), async (foreign) => {
          writeFileSync(join(project, '.orc.yaml'), foreign.replaceAll('${HOME}', '${SECRET}'));
          const after = await load();
          // A malformed file ends the command, which loosens nothing either.
          if (after === undefined) return;
          for (const key of settingKeys) {
            if (free.includes(key)) continue;
            if (key === 'ai.model') expect(after[key]).toMatch(/^offline\//);
            else expect({ [key]: after[key] }).toEqual({ [key]: before?.[key] });
          }
          expect(JSON.stringify(after)).not.toContain(secret);
        }),
        { numRuns: runs, seed: 20_261_202 },
      );
    },
  );
});
