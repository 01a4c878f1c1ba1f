import { readFileSync } from 'node:fs';

import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { pipelineFileSchema } from '../../src/pipelines/file/parse-pipeline.ts';

const examples = new URL('../../../../examples/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, examples), 'utf8');

describe('the JSON Schema of pipeline files', () => {
  it('is published as the definitions say (node scripts/write-schemas.mjs writes it)', async () => {
    expect(JSON.parse(read('pipeline.schema.json'))).toEqual(await pipelineFileSchema());
  });

  for (const name of ['product-page.yaml', 'meeting-notes.yaml', 'critique-loop.yaml']) {
    it(`accepts ${name}`, async () => {
      const validate = new Ajv2020({ strict: false }).compile(await pipelineFileSchema());
      expect(validate(parse(read(name))), JSON.stringify(validate.errors)).toBe(true);
    });
  }

  it('refuses an unknown key', async () => {
    const validate = new Ajv2020({ strict: false }).compile(await pipelineFileSchema());
    expect(validate({ ...(parse(read('product-page.yaml')) as object), extra: 1 })).toBe(false);
  });
});
