import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { transformSync } from 'esbuild';
import { describe, expect, it } from 'vitest';

import { folderOfTest } from '../../../test-support/temporary-folder.ts';
import { bin } from './support/orc.ts';

/** Runs the command in a Node that says it is another version. */
function underNode(version: string): { status: number | null; stdout: string; stderr: string } {
  const preload = join(folderOfTest(), 'version.cjs');
  writeFileSync(
    preload,
    `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });\n`,
  );
  return spawnSync(process.execPath, ['--require', preload, bin, '--version'], { encoding: 'utf8' });
}

describe('a Node that is too old', () => {
  it.each(['14.21.3', '18.20.8', '20.10.0', '20.18.3'])('%s is told in one line what is needed', (version) => {
    expect(underNode(version)).toMatchObject({
      status: 3,
      stdout: '',
      stderr: `orc: Node 20.19 or newer is needed, this is ${version} (https://nodejs.org)\n`,
    });
  });

  it.each(['20.19.0', '22.0.0', '30.1.0'])('%s is new enough', (version) => {
    expect(underNode(version)).toMatchObject({ status: 0, stderr: '' });
  });

  it('can read the check: its file is old JavaScript and imports only what every Node has', () => {
    const text = readFileSync(bin, 'utf8');
    // What the compiler has nothing to lower in is old already.
    const lowered = (target: string): string => transformSync(text, { target }).code;
    expect(lowered('es2020')).toBe(lowered('esnext'));
    expect(text.match(/from"[^"]+"/g)?.filter((each) => !/^from"(module|fs|path|os)"$/.test(each))).toEqual([]);
    const names = [...text.matchAll(/import\{([^}]*)\}from"(\w+)"/g)].flatMap(([, list = '', source = '']) =>
      list.split(',').map((name) => `${source} ${name.split(' as ')[0] ?? ''}`),
    );
    const known = ['fs lstatSync', 'fs mkdirSync', 'fs statSync', 'os homedir'];
    expect(names.filter((name) => !name.startsWith('path ') && !known.includes(name))).toEqual([]);
  });
});
