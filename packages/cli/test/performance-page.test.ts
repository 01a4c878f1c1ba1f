import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, describe, expect, it } from 'vitest';

import { allFlags } from '../src/args/flags.ts';
import { parseConfig } from '../src/config/read-file.ts';
import { defaultSettings, isSettingKey, settingKeys } from '../src/config/settings.ts';
import { Home } from './support/orc.ts';

const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
const page = readFileSync(join(root, 'docs', 'performance.md'), 'utf8');
const blocks = (language: string): readonly string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, body = '']) => body);

/** The words of a command line as a shell would split it. The page needs no more of a shell than quotes. */
function words(line: string): readonly string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
}

const commands = blocks('sh').flatMap((body) => body.split('\n').filter((line) => line.trim() !== ''));

describe('docs/performance.md', () => {
  const home = new Home();
  afterAll(() => home.remove());

  it('has commands', () => {
    expect(commands.length).toBeGreaterThan(8);
    for (const line of commands) expect(words(line)[0]).toBe('orc');
  });

  // In the order of the page and in one home, as a reader would try them: later ones find what earlier ones left.
  it.each(commands.map((line, index) => [index + 1, line] as const))(
    'command %i works: %s',
    { timeout: 60_000 },
    async (_, line) => {
      const { code, stdout, stderr } = await home.orc(words(line).slice(1), {
        env: { ORC_AI_MODEL: 'offline/scribe' },
      });
      expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout + stderr).not.toBe('');
      expect(stderr).not.toMatch(/warning:/);
    },
  );

  it('its configuration is valid and holds the defaults', () => {
    const [yaml = ''] = blocks('yaml');
    const { settings } = parseConfig('config.yaml', yaml);
    expect(settings.size).toBeGreaterThan(6);
    for (const [key, { value }] of settings) expect([key, value]).toEqual([key, defaultSettings[key]]);
  });

  it('every setting, variable and flag that its text names exists', () => {
    const text = page.replaceAll(/^```[\s\S]*?^```/gm, '');
    const named = [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
    const groups = new Set(settingKeys.map((key) => key.split('.')[0]));
    const keys = named.filter((code) => /^[a-z]+(\.[a-z_]+)+$/.test(code) && groups.has(code.split('.')[0] as string));
    expect(keys.length).toBeGreaterThan(2);
    for (const key of keys) expect([key, isSettingKey(key)]).toEqual([key, true]);
    const flags = named.flatMap((code) =>
      [...code.matchAll(/(?:^|\s)--?([a-z][a-z-]{2,})/g)].map(([, name = '']) => name),
    );
    expect(flags.length).toBeGreaterThan(5);
    for (const flag of flags) expect([...allFlags.keys()]).toContain(flag.replace(/^no-/, ''));
  });
});
