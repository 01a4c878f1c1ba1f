import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { fillIn, reference } from '../src/args/reference.ts';
import { allFlags } from '../src/args/flags.ts';

const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
const page = readFileSync(join(root, 'docs', 'cli.md'), 'utf8');

describe('docs/cli.md', () => {
  it('holds the tables as they are made from the definitions (`node packages/cli/scripts/docs.mjs` writes them)', () => {
    expect(page).toBe(fillIn(page));
  });

  it('names every flag', () => {
    const { flags } = reference();
    for (const name of allFlags.keys()) expect(flags).toMatch(new RegExp(`--(\\[no-\\])?${name}\\b`));
  });

  it('every flag in its examples exists', () => {
    const examples = [...page.matchAll(/```(?:sh|text)\n([\s\S]*?)```/g)].flatMap(([, body = '']) =>
      body.split('\n').filter((line) => /(^|\| |\$ |\()orc /.test(line)),
    );
    expect(examples.length).toBeGreaterThan(6);
    for (const line of examples)
      for (const [, name = ''] of line.split('#')[0]?.matchAll(/ --?([a-z][a-z-]{2,})/g) ?? [])
        expect([...allFlags.keys()]).toContain(name.replace(/^no-/, ''));
  });
});
