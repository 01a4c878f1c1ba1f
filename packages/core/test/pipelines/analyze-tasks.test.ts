import { describe, expect, it } from 'vitest';

import { duplicatesOf } from '../../src/pipelines/analyze/duplicates-task.ts';
import { graphOf } from '../../src/pipelines/analyze/imports-task.ts';
import { measureFile } from '../../src/pipelines/analyze/metrics-task.ts';
import { select } from '../../src/pipelines/analyze/select-task.ts';
import { redactSecretsOf, secretsIn } from '../../src/pipelines/analyze/secret-rules.ts';

describe('metrics', () => {
  it('count code, comments, decisions and marks apart', () => {
    const unfinished = ['TO', 'DO'].join('');
    const text = `// a comment\nexport function f(a) {\n  /* two\n     lines */\n  if (a && "if // not a comment") return a ? 1 : 2;\n  // ${unfinished}: more\n}\n`;
    const metrics = measureFile('a.ts', text);
    expect(metrics).toMatchObject({ lines: 7, code: 3, comments: 4, decisions: 3 });
    expect(metrics.marks).toEqual([{ line: 6, text: `${unfinished}: more` }]);
  });
});

describe('imports', () => {
  it('follow relative imports, with the endings that TypeScript writes', () => {
    const graph = graphOf([
      {
        path: 'src/a.ts',
        text: "import { b } from './b.js';\nimport fs from 'node:fs';\n// import './c.ts'\nimport x from 'left-pad/lib';",
      },
      { path: 'src/b.ts', text: "export * from './deep/index.ts';" },
      { path: 'src/deep/index.ts', text: "const a = await import('../a.ts');" },
      { path: 'src/c.ts', text: '' },
    ]);
    expect(graph.edges).toEqual([
      [0, 1],
      [1, 2],
      [2, 0],
    ]);
    expect(graph.cycles).toEqual([['src/a.ts', 'src/b.ts', 'src/deep/index.ts']]);
    expect(graph.packages.map((entry) => entry.name)).toEqual(['left-pad', 'node:fs']);
  });

  it('follow Python, Go and C', () => {
    const graph = graphOf([
      { path: 'app/main.py', text: 'from .util import x\nimport app.core\n' },
      { path: 'app/util.py', text: '' },
      { path: 'app/core.py', text: '' },
      { path: 'go.mod', text: 'module example.com/tool\n' },
      { path: 'cmd/main.go', text: 'import (\n\t"fmt"\n\t"example.com/tool/lib"\n)\n' },
      { path: 'lib/lib.go', text: '' },
      { path: 'c/main.c', text: '#include "main.h"\n#include <stdio.h>\n' },
      { path: 'c/main.h', text: '' },
    ]);
    expect(graph.edges.map(([from, to]) => `${graph.files[from]} ${graph.files[to]}`)).toEqual([
      'app/main.py app/util.py',
      'app/main.py app/core.py',
      'cmd/main.go lib/lib.go',
      'c/main.c c/main.h',
    ]);
    expect(graph.cycles).toEqual([]);
  });
});

describe('modules', () => {
  it('are the largest folders where there are too many of them', () => {
    const metrics = Array.from({ length: 60 }, (_, index) => measureFile(`pkg${index % 20}/f${index}.ts`, 'a();\n'));
    const imports = graphOf(metrics.map(({ path }) => ({ path, text: '' })));
    const { modules } = select({
      root: '.',
      files: [],
      metrics,
      imports,
      history: { commits: 0, authors: 0, files: [] },
      tokenBudget: 0,
    });
    expect(modules).toHaveLength(12);
    expect(modules.reduce((sum, { files }) => sum + files, 0)).toBe(60);
  });
});

describe('duplicates', () => {
  const body = Array.from(
    { length: 12 },
    (_, index) => `  const value${index} = compute(${index}, input.part${index});`,
  ).join('\n');

  it('are found in another file, however they are indented', () => {
    const found = duplicatesOf([
      { path: 'a.ts', text: `export function a(input) {\n${body}\n  return 1;\n}\n` },
      {
        path: 'b.ts',
        text: `// another head\nconst other = 1;\nexport function b(input) {\n${body.replaceAll('  const', '\t\tconst')}\n  done();\n}\n`,
      },
    ]);
    expect(found.pairs).toHaveLength(1);
    expect(found.pairs[0]).toMatchObject({
      a: { path: 'a.ts', from: 1, to: 13 },
      b: { path: 'b.ts', from: 3, to: 15 },
    });
    expect(found.duplicatedLines).toBeGreaterThanOrEqual(24);
  });

  it('are found in classes with private members, whose # is no comment', () => {
    const members = Array.from(
      { length: 12 },
      (_, index) => `  #part${index} = this.#compute(${index}, 'x${index}');`,
    ).join('\n');
    const found = duplicatesOf([
      { path: 'a.ts', text: `class A {\n${members}\n}\n` },
      { path: 'b.ts', text: `class B {\n${members}\n}\n` },
    ]);
    expect(found.pairs[0]?.lines).toBeGreaterThanOrEqual(12);
  });

  it('are found once where a text stands in many files', () => {
    const found = duplicatesOf(
      ['a', 'b', 'c'].map((name) => ({ path: `${name}.ts`, text: `export const ${name} = 1;\n${body}\n` })),
    );
    expect(found.pairs.map(({ a, b }) => a.path + b.path)).toEqual(['a.tsb.ts', 'a.tsc.ts', 'b.tsc.ts']);
    expect(found.duplicatedLines).toBeGreaterThanOrEqual(36);
  });

  it('are none in code that only looks alike', () => {
    const text = (salt: string): string =>
      Array.from({ length: 20 }, (_, index) => `call_${salt}_${index}(${salt}${index});`).join('\n');
    expect(
      duplicatesOf([
        { path: 'a.js', text: text('x') },
        { path: 'b.js', text: text('y') },
      ]).pairs,
    ).toEqual([]);
  });
});

describe('secrets', () => {
  // Put together at run time, so that no scanner of this repository trips over them.
  const aws = ['AKIA', 'IOSFODNN7EXAMPLQ'].join('');
  const github = `ghp_${'a1B2c3D4e5'.repeat(4)}`;

  it('are found by kind, and words are not', () => {
    const text = `const key = "${aws}";\nconst t = '${github}';\npassword = "change-me-please"\nurl = "postgres://user:s3cr3tPa55@db/x"\napiKey: '${['k3J9x2Lq', '8Zp4Wm7T'].join('')}'\n`;
    expect(secretsIn(text).map((secret) => secret.rule.id)).toEqual([
      'aws-access-key',
      'github-token',
      'url-password',
      'assigned-secret',
    ]);
  });

  it('are found without quotes in a settings file, and go whole where two kinds overlap', () => {
    const token = ['k3J9x2Lq', '8Zp4Wm7T'].join('');
    expect(redactSecretsOf(`PORT=8080\nexport API_TOKEN=${token}\nNAME=value\n`)).toBe(
      'PORT=8080\nexport API_TOKEN=[assigned-secret removed]\nNAME=value\n',
    );
    expect(redactSecretsOf(`password = "${aws}-${token}"`)).not.toMatch(/k3J9|AKIA/);
  });

  it('never stand in what goes to a model', () => {
    const text = `a ${aws} b ${github} c`;
    expect(redactSecretsOf(text)).toBe('a [aws-access-key removed] b [github-token removed] c');
  });
});
