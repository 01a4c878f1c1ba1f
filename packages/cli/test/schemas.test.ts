import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, describe, expect, it } from 'vitest';

import { configSchema } from '../src/config/json-schema.ts';
import { configTemplate } from '../src/config/template.ts';
import { parseConfig } from '../src/config/read-file.ts';
import { Home, wordsPipeline } from './support/orc.ts';

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'schemas');
const read = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(folder, `${name}.schema.json`), 'utf8')) as Record<string, unknown>;
const ajv = new Ajv2020({ allowUnionTypes: true, allErrors: true });
ajv.addSchema(read('result'));
ajv.addSchema(read('event'));
const home = new Home();
afterAll(() => home.remove());

/** What a schema has against a value. */
function problems(schema: string, value: unknown): unknown {
  const validate = ajv.getSchema(schema);
  if (validate === undefined) throw new Error(`no schema ${schema}`);
  return validate(value) === true ? [] : validate.errors;
}

describe('the published schemas', () => {
  it.each([['one two'], ['one fail']])('what is printed for %j fits the result schema', async (request) => {
    const { stdout } = await home.orc(['--pipeline', wordsPipeline, '--output-format', 'json', request]);
    expect(problems('urn:orc:result:1', JSON.parse(stdout))).toEqual([]);
  });

  it('every line of stream-json fits the event schema, also with a model', async () => {
    const outputs = [
      await home.orc(['--pipeline', wordsPipeline, '--output-format', 'stream-json', 'three four fail']),
      await home.orc(['--pipeline', 'quick', '--output-format', 'stream-json', 'what is rain?']),
      await home.orc(['--pipeline', 'quick', '--output-format', 'stream-json', 'what is rain?']),
    ];
    const lines = outputs.flatMap(({ stdout }) => stdout.trimEnd().split('\n'));
    expect(lines.length).toBeGreaterThan(30);
    for (const line of lines) expect([line, problems('urn:orc:event:1', JSON.parse(line))]).toEqual([line, []]);
  });

  it('the schema of the configuration is current, and takes the documented block', () => {
    expect(read('config')).toEqual(JSON.parse(JSON.stringify(configSchema())));
    const validate = ajv.compile(configSchema());
    expect(
      validate({
        performance: {
          enabled: true,
          cache: { ttl: '30m', max_size: 1000 },
          concurrency: { max_workers: 0, buffer_size: 4 },
        },
      }),
    ).toBe(true);
    expect(validate({ performance: { cache: { tll: '30m' } } })).toBe(false);
    expect(validate({ performance: { cache: { ttl: 30 } } })).toBe(false);
  });

  it('the template of `config edit` is valid, commented or not', () => {
    const template = configTemplate();
    expect(parseConfig('template', template).settings.size).toBe(0);
    const open = template
      .split('\n')
      .slice(1)
      .map((line) => line.replace(/^#/, ''))
      .join('\n');
    expect(parseConfig('template', open).settings.size).toBeGreaterThan(25);
  });
});
