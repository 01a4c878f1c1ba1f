import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';

import { duplicatesOf } from '../../src/pipelines/analyze/duplicates-task.ts';
import { graphOf } from '../../src/pipelines/analyze/imports-task.ts';
import { measureFile } from '../../src/pipelines/analyze/metrics-task.ts';
import { toSarif } from '../../src/pipelines/analyze/sarif.ts';
import { secretFindings } from '../../src/pipelines/analyze/secrets-task.ts';

// The schema that OASIS published, as the schemastore package carries it.
const folder = dirname(createRequire(import.meta.url).resolve('schemastore/package.json'));
const schema = JSON.parse(readFileSync(join(folder, 'schemas/json/sarif-2.1.0.json'), 'utf8')) as object;

const lines = Array.from({ length: 15 }, (_, index) => `  step${index}(input, ${index});`).join('\n');
const branches = Array.from({ length: 120 }, (_, index) => `if (a > ${index}) b(${index});`).join('\n');
const unfinished = ['FIX', 'ME'].join('');
const sources = [
  {
    path: 'a b/ä.ts',
    text: `import './c.ts';\nconst key = "${['AKIA', 'IOSFODNN7EXAMPLE'].join('')}";\n${branches}\n`,
  },
  { path: 'a b/c.ts', text: `import './ä.ts';\n// ${unfinished}: later\nfunction f(input) {\n${lines}\n}\n` },
  { path: 'd.ts', text: `function g(input) {\n${lines}\n}\n` },
];

describe('findings', () => {
  const findings = toSarif({
    metrics: sources.map(({ path, text }) => measureFile(path, text)),
    imports: graphOf(sources),
    duplicates: duplicatesOf(sources),
    secrets: sources.flatMap(({ path, text }) => secretFindings(path, text)),
    tool: { name: '@orc/core', version: '1.2.3' },
  });

  it('hold one of each kind', () => {
    const { results } = (findings['runs'] as unknown as { results: { ruleId: string }[] }[])[0] as {
      results: { ruleId: string }[];
    };
    expect(results.map((result) => result.ruleId)).toEqual([
      'secret',
      'import-cycle',
      'complex-file',
      'duplicate-code',
      'unfinished',
    ]);
  });

  it('are SARIF 2.1.0, by its schema', () => {
    const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true, unicodeRegExp: false });
    const validate = ajv.compile(schema);
    expect(validate(JSON.parse(JSON.stringify(findings))), JSON.stringify(validate.errors)).toBe(true);
  });

  it('never hold the secret', () => {
    expect(JSON.stringify(findings)).not.toContain('IOSFODNN7EXAMPLE');
  });
});
