import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { bin, Home, wordsPipeline } from './support/orc.ts';

const home = new Home();
afterAll(() => home.remove());

/** The modules that a call loads: what a start costs is what it loads. */
function loads(...args: string[]): readonly string[] {
  const hooks = join(home.dir, 'hooks.mjs');
  const register = join(home.dir, 'register.mjs');
  writeFileSync(
    hooks,
    `import { writeSync } from 'node:fs';\nexport async function load(url, context, next) { writeSync(2, 'LOADED ' + url + '\\n'); return next(url, context); }\n`,
  );
  writeFileSync(register, `import { register } from 'node:module';\nregister(${JSON.stringify(`file://${hooks}`)});\n`);
  const { stderr, status } = spawnSync(process.execPath, ['--import', register, bin, ...args], {
    env: home.env(),
    cwd: home.dir,
    encoding: 'utf8',
    input: '',
  });
  expect(status).toBe(0);
  return [...stderr.matchAll(/^LOADED (.+)$/gm)].map(([, url = '']) => url);
}

describe('what a start loads', () => {
  it.each([['--version'], ['--help'], ['run --help'], ['help cache']])(
    '%s: the check of Node and one file, that of the command',
    (line) => {
      const urls = loads(...line.split(' ')).filter((url) => !url.startsWith('node:'));
      expect(urls.map((url) => url.replace(/^.*\/dist\//, 'dist/'))).toEqual(['dist/bin.js', 'dist/start.js']);
    },
  );

  it('a run with plain lines: neither ink nor the metrics SDK nor a provider', () => {
    const urls = loads('--ui', 'plain', '--pipeline', wordsPipeline, 'plain lines');
    expect(urls.some((url) => url.includes('/core/dist/index.js'))).toBe(true);
    expect(
      urls.filter((url) =>
        /live-view|open-telemetry|@opentelemetry|scribe\/reply|@ai-sdk|\/ai\/dist\/|bullmq|ioredis/.test(url),
      ),
    ).toEqual([]);
  });
});
