import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { folderOfFile } from '../../../test-support/temporary-folder.ts';
import { readResults, writeResults } from '../src/results-file.ts';
import { fixture } from './support/fixture.ts';

const dir = folderOfFile();

const reading = (content: unknown) => () => {
  const path = join(dir, 'a.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return readResults(path);
};

describe('a results file', () => {
  it('comes back as it was written', () => {
    const path = join(dir, 'deep', 'er.json');
    writeResults(path, fixture());
    expect(readResults(path)).toEqual(fixture());
    expect(readdirSync(join(dir, 'deep'))).toEqual(['er.json']);
  });

  it('is written whole or not at all', () => {
    const path = join(dir, 'taken');
    mkdirSync(path);
    expect(() => writeResults(path, fixture())).toThrow();
    expect(readdirSync(dir).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('of another version says which and what to do', () => {
    expect(reading({ ...fixture(), schema: 'orc.bench/2' })).toThrow(
      /Expected a results file of version `orc.bench\/1`, got `orc.bench\/2` in .*run the benchmark again/,
    );
  });

  it('of another kind, torn, or not there is told in one line', () => {
    expect(reading({ schema: 'other' })).toThrow('Expected `"schema": "orc.bench/1"`');
    expect(reading('null')).toThrow('Expected `"schema": "orc.bench/1"`');
    expect(reading(JSON.stringify(fixture()).slice(0, 500))).toThrow('Expected JSON');
    expect(() => readResults(join(dir, 'missing.json'))).toThrow('there is none');
    expect(() => readResults(dir)).toThrow('could not read it');
  });

  it('that lacks a part names the part', () => {
    const [scenario] = fixture().scenarios;
    const row = { ...scenario?.rows[0], summary: { n: 1 } };
    expect(reading({ ...fixture(), scenarios: [{ ...scenario, rows: [row] }] })).toThrow(
      '`scenarios.0.rows.0.summary.median`',
    );
    expect(reading({ ...fixture(), environment: undefined })).toThrow('`environment`');
  });

  it('is read from every file that is kept in the repository', () => {
    const kept = new URL('../results/', import.meta.url);
    for (const name of readdirSync(kept).filter((file) => file.endsWith('.json')))
      expect(readResults(new URL(name, kept).pathname).scenarios.length).toBeGreaterThan(0);
  });
});
