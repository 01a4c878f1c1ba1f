import { mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';

import { folderOfFile } from '../../../../test-support/temporary-folder.ts';
import { builtIn, runOffline } from './built.ts';

const secret = ['AKIA', 'QQQQWWWWEEEERRRR'].join('');
const outside = folderOfFile();
const folder = folderOfFile();

beforeAll(() => {
  writeFileSync(join(outside, 'private.ts'), 'export const outsideOnly = 1;\n');
  const write = (path: string, text: string): void => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const body = Array.from(
    { length: 30 },
    (_, index) => `  if (input > ${index} && check(input)) total += weigh(${index});`,
  ).join('\n');
  write('.gitignore', 'build/\n*.log\n!keep.ts\n');
  write(
    'package.json',
    JSON.stringify({ name: 'sample', scripts: { test: 'node --test' }, dependencies: { leftpad: '1' } }),
  );
  write(
    'src/index.ts',
    `import { a } from './a.ts';\nimport { b } from './lib/b.ts';\nexport function main(input) {\n  let total = 0;\n${body}\n  return total;\n}\n`,
  );
  write('src/a.ts', `import { b } from './lib/b.ts';\nconst key = '${secret}';\nexport const a = 1;\n`);
  write(
    'src/lib/b.ts',
    `import { a } from '../a.ts';\nexport function copy(input) {\n  let total = 0;\n${body}\n  return total;\n}\n`,
  );
  write('test/index.test.ts', "import '../src/index.ts';\n");
  write('build/out.ts', 'export const ignoredFile = 1;\n');
  symlinkSync(outside, join(folder, 'link'));
  symlinkSync(join(outside, 'private.ts'), join(folder, 'src', 'linked.ts'));
});

describe('analyze', () => {
  it('reports what it measured, stays in its folder, and shows no secret to anyone', async () => {
    await runOffline(await builtIn('analyze'), { text: 'Analyze this codebase', input: folder }, (result) => {
      const everything = readdirSync(result.sessionDir as string, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
        .join('\n');
      expect(everything).not.toContain(secret);
      expect(everything).not.toContain('outsideOnly');
      expect(everything).not.toContain('linked.ts');
      expect(everything).not.toContain('ignoredFile');
      expect(result.artifacts.map((artifact) => artifact.path)).toEqual(['findings.json', 'graph.mmd', 'report.md']);
      expect(result.text).toContain('an AWS access key id');
      expect(result.text).toContain('`src/index.ts`');
      expect(result.text).toMatch(/1 import cycle/);
      const findings = JSON.parse(readFileSync(join(result.artifactsDir as string, 'findings.json'), 'utf8')) as {
        runs: [{ results: { ruleId: string }[] }];
      };
      expect(new Set(findings.runs[0].results.map((entry) => entry.ruleId))).toEqual(
        new Set(['secret', 'import-cycle', 'duplicate-code']),
      );
    });
  });

  it('gives the same bytes at concurrency 1 and 8', async () => {
    const pipeline = await builtIn('analyze');
    const texts = [];
    for (const maxWorkers of [1, 8])
      texts.push(
        await runOffline(pipeline, { text: 'Analyze this codebase', input: folder }, (result) => result.text, {
          maxWorkers,
        }),
      );
    expect(texts[0]).toBe(texts[1]);
  });

  it('says what to do when it has no folder', async () => {
    await expect(
      runOffline(await builtIn('analyze'), { text: 'Analyze this codebase' }, () => undefined),
    ).rejects.toThrow('ERR_ORC_REQUEST Expected a folder to analyze');
  });
});
