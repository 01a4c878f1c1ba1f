import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { beforeAll, describe, expect, test } from 'vitest';

import { folderOfFile } from '../../../test-support/temporary-folder.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const examples = [...readme.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code = '']) => code);
const project = folderOfFile();

beforeAll(() => {
  pack(project);
  const [tarball = ''] = readdirSync(project).filter((name) => name.endsWith('.tgz'));
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'empty', private: true, type: 'module' }));
  const { status, stderr } = run(
    'npm',
    ['install', '--prefer-offline', '--no-audit', '--no-fund', `./${tarball}`],
    project,
  );
  if (status !== 0) {
    // oxlint-disable-next-line no-console -- what is tested differently is said aloud
    console.warn(`No registry: the tarball is unpacked by hand, beside the quick-lru of this repository.\n${stderr}`);
    unpackByHand(tarball);
  }
}, 120_000);

/** Only pnpm turns `catalog:` into a version range. */
function pack(destination: string): void {
  const { packageManager } = JSON.parse(readFileSync(join(root, '../../package.json'), 'utf8')) as {
    packageManager: string;
  };
  const args = ['pack', '--pack-destination', destination];
  if (run('pnpm', args, root).status === 0) return;
  const { status, stderr } = run('npx', ['-y', packageManager, ...args], root);
  if (status !== 0) throw new Error(`Could not pack: ${stderr}`);
}

function run(command: string, args: readonly string[], cwd: string): { status: number | null; stderr: string } {
  return spawnSync(command, args, { cwd, encoding: 'utf8', shell: process.platform === 'win32' });
}

function unpackByHand(tarball: string): void {
  const target = join(project, 'node_modules', '@orc', 'cache');
  mkdirSync(target, { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '-C', target, '--strip-components=1'], { cwd: project });
  const quickLru = realpathSync(join(root, 'node_modules', 'quick-lru'));
  cpSync(quickLru, join(project, 'node_modules', 'quick-lru'), { recursive: true });
}

test('an installation is this package and quick-lru, without maps, and small', () => {
  const modules = join(project, 'node_modules');
  const packages = readdirSync(modules).filter((name) => !name.startsWith('.'));
  expect(packages.toSorted()).toEqual(['@orc', 'quick-lru']);
  const files = readdirSync(modules, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  expect(files.filter(({ name }) => /\.map$|tsbuildinfo/.test(name))).toEqual([]);
  let bytes = 0;
  for (const each of files) bytes += readFileSync(join(each.parentPath, each.name)).length;
  expect(bytes).toBeLessThanOrEqual(300_000);
  expect(existsSync(join(modules, '@orc', 'cache', 'README.md'))).toBe(true);
});

describe('the examples of the README print what they say', () => {
  test.each(examples.map((code, index) => [index + 1, code] as const))('example %i', (index, code) => {
    const file = join(project, `example-${index}.mjs`);
    writeFileSync(file, code);
    const printed = execFileSync(process.execPath, [file], { cwd: project, encoding: 'utf8' });
    const promised = [...code.matchAll(/^\s*console\.log\(.*\); \/\/ (.*)$/gm)].map(([, text]) => text);
    expect(printed.trimEnd().split('\n')).toEqual(promised);
  });

  test('and there are some', () => {
    expect(examples.length).toBeGreaterThanOrEqual(4);
  });
});

test('every type that is needed is there', () => {
  const paths = ['@orc/cache', '@orc/cache/file', '@orc/cache/redis', '@orc/cache/keyv', '@orc/cache/testing'];
  const lines = paths.map(
    (path, index) => `import * as all${index} from '${path}'; export const of${index} = all${index};`,
  );
  writeFileSync(join(project, 'types.ts'), `${lines.join('\n')}\n`);
  const options = {
    compilerOptions: {
      strict: true,
      noEmit: true,
      skipLibCheck: false,
      module: 'NodeNext',
      target: 'ES2022',
      lib: ['ES2023', 'ESNext.Disposable', 'DOM'],
      types: [],
    },
    files: ['types.ts'],
  };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(options));
  const tsc = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url));
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', project], { encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
}, 120_000);

test('every subpath can be imported, and required', () => {
  const paths = ['@orc/cache', '@orc/cache/file', '@orc/cache/redis', '@orc/cache/keyv', '@orc/cache/testing'];
  const code = `
    import { createRequire } from 'node:module';
    const require = createRequire(import.meta.url);
    for (const path of ${JSON.stringify(paths)}) {
      const imported = await import(path);
      if (Object.keys(imported).length === 0) throw new Error(path);
      if (require(path) !== imported && Object.keys(require(path)).length === 0) throw new Error(path);
    }
    require('@orc/cache/package.json');
    console.log('all');
  `;
  const file = join(project, 'subpaths.mjs');
  writeFileSync(file, code);
  expect(execFileSync(process.execPath, ['--no-warnings', file], { cwd: project, encoding: 'utf8' })).toBe('all\n');
});
