import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeEach, describe, expect, it } from 'vitest';

import { folderOfFile } from '../../../test-support/temporary-folder.ts';
import { main } from '../src/main.ts';
import { fakeHost } from './support/fake-host.ts';

const home = folderOfFile();
const root = join(home, '.local', 'share', 'orchestrator', 'sessions');
const only = '20261101-101010-k3p4';

async function orc(...argv: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const host = fakeHost({ argv, env: { HOME: home }, cwd: home });
  const code = await main(host);
  return { code, out: host.out(), err: host.err() };
}

describe('with a single session', () => {
  beforeEach(() => {
    mkdirSync(join(root, only), { recursive: true });
    writeFileSync(join(root, only, 'plan.json'), 'garbage');
  });

  it.each(['', ' ', '4', 'p4', '202', 'constructor', '__proto__'])('`sessions rm %s` removes nothing', async (name) => {
    const { code, out, err } = await orc('sessions', 'rm', name);
    expect({ code, out }).toEqual({ code: name.length < 4 ? 2 : 7, out: '' });
    expect(err).toMatch(/^orc: (expected the id of a session, or 4 or more characters|there is no session)/);
    expect(readdirSync(root)).toEqual([only]);
  });

  it('removes none of several when one of their names is empty', async () => {
    expect((await orc('sessions', 'rm', only, '')).code).toBe(2);
    expect(readdirSync(root)).toEqual([only]);
  });

  it.each([['resume'], ['show'], ['report'], ['sessions', 'show']])('`%s` refuses the empty word', async (...words) => {
    expect(await orc(...words, '')).toMatchObject({ code: 2, out: '' });
  });

  it('named twice it is removed once', async () => {
    const { code, err } = await orc('sessions', 'rm', only, 'k3p4');
    expect({ code, err }).toEqual({ code: 0, err: `removed ${only}\n` });
    expect(readdirSync(root)).toEqual([]);
  });
});

describe('a flag with an empty value, as a variable that is not set leaves it', () => {
  it.each(['-o', '--output', '-m', '--config', '--pipeline', '--input', '--log-file', '--redis', '-resume', '--words'])(
    '%s "" is refused',
    async (flag) => {
      for (const argv of [
        [flag, '', 'a story'],
        [`${flag}=`, 'a story'],
      ]) {
        const { code, err } = await orc(...argv);
        expect(code).toBe(2);
        expect(err).toContain(`expected ${flag} to have a value, got an empty text`);
      }
    },
  );

  it('prune and report take none either', async () => {
    expect((await orc('sessions', 'prune', '--older-than', '')).code).toBe(2);
    expect((await orc('report', '--to', '')).code).toBe(2);
  });
});

describe('a word that every object knows', () => {
  it.each([
    [['completion', 'constructor'], 'there is no completion for `constructor`'],
    [['completion', '__proto__'], 'there is no completion for `__proto__`'],
    [['--constructor'], 'unknown flag --constructor'],
    [['--__proto__'], 'unknown flag --__proto__'],
    [['-toString', 'x'], 'unknown flag -toString'],
    [['config', 'get', '__proto__'], 'there is no setting `__proto__`'],
    [['config', 'set', 'constructor', 'x'], 'there is no setting `constructor`'],
    [['help', 'constructor'], 'there is no command `constructor`'],
    [['sessions', 'constructor'], 'unknown command `orc sessions constructor`'],
    [['plan', '--pipeline', 'quick', '--option', '__proto__={"a":1}', 'hi'], 'has no option `__proto__`'],
  ] as const)('%j is unknown like any other', async (argv, message) => {
    const { code, out, err } = await orc(...argv);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
    expect(err).not.toMatch(/native code|\[object/);
  });

  it('as a request is a request', async () => {
    const { code, out } = await orc('plan', '--pipeline', 'quick', 'constructor');
    expect(code).toBe(0);
    expect(out).toContain('constructor');
  });
});
