import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';

import { filesUnder } from './support/source-files.ts';
import { folderOfFile } from '../../../test-support/temporary-folder.ts';
import { commands } from '../src/commands/table.ts';
import { main } from '../src/main.ts';
import { fakeHost } from './support/fake-host.ts';

/** A window title, a colour, both also as C1, the order of characters turned, a character taken back. */
const hostile = 'SEEN\u001B]0;PWNED\u0007\u001B[31mRED\u009B32mC1\u009D0;PWNED\u009C\u202EBIDI\u2066\u0008\u001B[2J';
// oxlint-disable-next-line no-control-regex
const unsafe = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/;
// oxlint-disable-next-line no-control-regex
const ownColors = /\u001B\[(?:1|2|22|3[1236]|39)m/g;

/** Every command with words that let it say as much as it can. */
const calls: Readonly<Record<string, readonly (readonly string[])[]>> = {
  run: [
    ['--pipeline', 'p.yaml', '--ui', 'plain', '-v', hostile],
    ['--pipeline', 'p.yaml', '--ui', 'plain', '-q', hostile],
    ['--pipeline', 'p.yaml', '--output-format', 'json', hostile],
    ['--pipeline', 'p.yaml', '--output-format', 'stream-json', hostile],
    ['--pipeline', hostile, 'a request'],
    ['--option', `${hostile}=${hostile}`, '--pipeline', 'p.yaml', 'a request'],
    [`--${hostile}`],
  ],
  resume: [
    ['resume', '--ui', 'plain'],
    ['resume', hostile],
  ],
  plan: [
    ['plan', '--pipeline', 'p.yaml', hostile],
    ['plan', '--pipeline', 'p.yaml', '--json', hostile],
  ],
  trust: [['trust'], ['trust', '--list'], ['trust', '--yes'], ['trust', '--remove'], ['trust', hostile]],
  prefetch: [['prefetch', '--pipeline', 'p.yaml', hostile]],
  'sessions list': [['sessions'], ['sessions', '--json']],
  'sessions show': [['sessions', 'show']],
  'sessions rm': [['sessions', 'rm', hostile]],
  'sessions prune': [['sessions', 'prune', '--older-than', hostile]],
  show: [['show'], ['show', '--json'], ['show', 'latest', hostile], ['show', 'latest', 'a']],
  report: [
    ['report'],
    ['report', '--to', '-'],
    ['report', '--to', '-', '--format', 'markdown'],
    ['report', '--to', '-', '--format', 'json'],
    ['report', '--to', '-', '--format', 'chrome-trace'],
  ],
  'cache stats': [
    ['cache', 'stats'],
    ['cache', 'stats', '--json'],
  ],
  'cache ls': [
    ['cache', 'ls'],
    ['cache', 'ls', '--phase', hostile],
  ],
  'cache explain': [
    ['cache', 'explain', '--pipeline', 'p.yaml', hostile],
    ['cache', 'explain', '--pipeline', 'p.yaml', 'x', hostile],
  ],
  'cache prune': [['cache', 'prune']],
  'cache clear': [['cache', 'clear']],
  'cache path': [['cache', 'path']],
  'config list': [
    ['config', 'list'],
    ['config', 'list', '--show-origin'],
    ['config', 'list', '--json'],
  ],
  'config get': [
    ['config', 'get', 'ai.model'],
    ['config', 'get', 'paths.output_dir', '--show-origin'],
    ['config', 'get', hostile],
  ],
  'config set': [['config', 'set', 'log.level', hostile]],
  'config unset': [['config', 'unset', hostile]],
  'config edit': [['config', 'edit']],
  'config path': [
    ['config', 'path'],
    ['config', 'path', '--config', hostile],
  ],
  'config validate': [
    ['config', 'validate'],
    ['config', 'validate', hostile],
  ],
  'pipelines list': [['pipelines', 'list']],
  'pipelines show': [
    ['pipelines', 'show', 'p.yaml'],
    ['pipelines', 'show', 'p.yaml', '--json'],
  ],
  'pipelines validate': [
    ['pipelines', 'validate', 'p.yaml'],
    ['pipelines', 'validate', 'bad.yaml'],
  ],
  'pipelines graph': ['tree', 'mermaid', 'dot'].map((form) => ['pipelines', 'graph', 'p.yaml', '--diagram', form]),
  models: [['models'], ['models', '--json']],
  doctor: [['doctor'], ['doctor', '--json']],
  completion: [
    ['completion', 'bash'],
    ['completion', hostile],
  ],
  worker: [['worker', '--redis', 'redis://127.0.0.1:1', '--pipeline', 'p.yaml']],
};

const home = folderOfFile();
const cwd = join(home, 'project');
const settings = (model: string): string =>
  [
    `ai: { model: ${JSON.stringify(model)} }`,
    `paths: { output_dir: ${JSON.stringify(`out ${hostile}`)} }`,
    `performance: { cache: { file: { dir: ${JSON.stringify(`cache ${hostile}`)} } } }`,
  ].join('\n');

async function orc(argv: readonly string[], tty = false, color = 'never'): Promise<{ code: number; text: string }> {
  const host = fakeHost({
    argv: [...argv, '--color', color],
    env: { HOME: home, PATH: process.env['PATH'], EDITOR: 'true', TERM: 'xterm-256color' },
    cwd,
    tty,
    columns: 100,
  });
  const code = await main(host);
  return { code, text: host.out() + host.err() };
}

/** Puts hostile text into every text of a JSON file that may be any text. */
function spoil(file: string, change: (document: Record<string, Record<string, unknown>>) => void): void {
  const document = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Record<string, unknown>>;
  change(document);
  writeFileSync(file, JSON.stringify(document));
}

beforeAll(async () => {
  mkdirSync(join(home, '.config', 'orchestrator'), { recursive: true });
  mkdirSync(cwd);
  const text = JSON.stringify(hostile);
  writeFileSync(
    join(cwd, 'p.yaml'),
    `id: p\nversion: ${text}\ndescription: ${text}\nphases:\n  - { id: a, title: ${text}, kind: template, template: ${JSON.stringify(`${hostile} {{request.text}}`)}, artifact: a.txt }\nresult: { phase: a }\n`,
  );
  writeFileSync(join(cwd, 'bad.yaml'), `id: ${text}\nversion: 1\nphases: ${text}\n`);
  expect((await orc(['--pipeline', 'p.yaml', hostile])).code).toBe(0);
  const root = join(home, '.local', 'share', 'orchestrator', 'sessions');
  const [id = ''] = readdirSync(root);
  spoil(join(root, id, 'plan.json'), (plan) => {
    plan['request'] = { ...plan['request'], text: hostile };
    plan['pipeline'] = { ...plan['pipeline'], version: hostile };
    plan['model'] = { ...plan['model'], id: hostile };
    plan['strategy'] = { ...plan['strategy'], reason: hostile };
  });
  spoil(join(root, id, 'report.json'), (report) => {
    report['pipeline'] = { ...report['pipeline'], id: hostile };
    Object.assign(report, { request: hostile, model: hostile });
  });
  writeFileSync(join(home, '.config', 'orchestrator', 'config.yaml'), settings('offline/scribe'));
}, 60_000);

describe('nothing that a terminal obeys reaches one', () => {
  it('whatever the command', () => {
    expect(Object.keys(calls).toSorted()).toEqual(commands.map(({ name }) => name).toSorted());
  });

  describe.each(Object.entries(calls))('orc %s', (_, lines) => {
    it.each(lines.map((argv) => [argv]))('%j', { timeout: 60_000 }, async (argv) => {
      for (const color of ['never', 'always']) {
        const { text } = await orc(argv, true, color);
        expect(color === 'never' ? text : text.replaceAll(ownColors, '')).not.toMatch(unsafe);
        expect(text).not.toContain('\u001B[31mRED');
        expect(text).not.toMatch(/native code|\[object/);
      }
    });
  });

  it('what the files say is shown all the same', async () => {
    for (const argv of [
      ['config', 'get', 'paths.output_dir'],
      ['cache', 'path'],
      ['pipelines', 'show', 'p.yaml'],
      ['sessions'],
      ['show'],
      ['report', '--to', '-', '--format', 'markdown'],
    ])
      expect((await orc(argv, true)).text).toMatch(/SEENREDC1/);
  });

  it('also when a model of that name is chosen, which there is not', async () => {
    writeFileSync(join(home, '.config', 'orchestrator', 'config.yaml'), settings(`openai/${hostile}`));
    const said: string[] = [];
    for (const argv of [
      ['models'],
      ['doctor'],
      ['config', 'list'],
      ['plan', '--pipeline', 'quick', 'why?'],
      ['why?'],
    ]) {
      const { text } = await orc([...argv], true);
      said.push(text);
      expect(text).not.toMatch(unsafe);
    }
    expect(said.filter((text) => text.includes('SEEN')).length).toBeGreaterThan(2);
  });
});

describe('a pipe', () => {
  it('gets the result byte for byte', async () => {
    writeFileSync(join(home, '.config', 'orchestrator', 'config.yaml'), '');
    const host = fakeHost({
      argv: ['-q', '--pipeline', 'p.yaml', 'exactly'],
      env: { HOME: home },
      cwd,
    });
    expect(await main(host)).toBe(0);
    expect(host.out()).toBe(`${hostile} exactly\n`);
  });
});

describe('the sources', () => {
  it('write to stdout and stderr through the writer alone', () => {
    const direct = filesUnder('src').filter(
      ({ path, text }) =>
        /\b(?:stdout|stderr)\.write\(|\bconsole\./.test(text) &&
        // The writer itself, what drives the terminal of the live view, and what runs on a Node that can't load more.
        !['src/output/text-writer.ts', 'src/bin.ts', 'src/main.ts', 'src/ui/live-view.tsx'].includes(path),
    );
    expect(direct.map(({ path }) => path)).toEqual([]);
    const main = filesUnder('src').find(({ path }) => path === 'src/main.ts');
    expect(main?.text).not.toMatch(/host\.(?:stdout|stderr)\.write\(/);
  });
});
