/** Whatever a pipeline file holds, it becomes a pipeline or problems with places: no other error, no warning of the process. */
import { expect, test, vi } from 'vitest';

import { seededRandom } from '../../src/run/random.ts';
import { pipelineFromYaml } from '../../src/pipelines/file/pipeline-from-yaml.ts';
import { PipelineFileError } from '../../src/pipelines/file/problem.ts';

const rounds = process.env['ORC_FUZZ_LONG'] === '1' ? 5000 : 300;

const ids = ['a', 'b', 'd-e', 'request', 'item', '__proto__', 'constructor', 'toString', 'then'];
const templates = [
  'hi',
  '{{a}}',
  '{{b.x.y}}',
  '{{#a}}{{value}}{{/a}}',
  '{{> p}}',
  '{{=<% %>=}}<% a %>',
  '{{#a}}',
  '{{',
  '{{}}',
  '{{a.constructor.name}}',
  '{{__proto__}}',
  '{{options.__proto__}}',
  '{{a.}}',
  '{{..}}',
  '',
  '{{#a}}'.repeat(50),
];
const schemas = [
  '{type: nope}',
  '{"$ref": "#"}',
  '{enum: []}',
  '{type: string, pattern: "["}',
  '{anyOf: []}',
  '{not: {}}',
  '[]',
  '{type: array, items: {type: string}}',
];
const members = [
  'when: {value: __proto__}',
  'forEach: {in: a.__proto__}',
  'forEach: {}',
  'artifact: "../x"',
  'artifact: ""',
  'cache: {ttl: 99999999999999d}',
  'timeout: 0.4ms',
  'retry: {attempts: 2, backoff: 99999999999d}',
  'model: {stop: [a]}',
  'weight: 1e308',
  'title: "\\ud800"',
  'files: ["C:x"]',
  'kind: cpu',
  'needs: [a, {each: b}]',
  'x: &y *y',
  '? {a: b}\n    : c',
  '<<: {a: b}',
];
const noise = [':', '- ', '{', '[', '"', '&x ', '*x', '!', '\t', '\u0000', '<<: ', '? ', '\u2028', '{'.repeat(2000)];

function fileOf(random: () => number): string {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  let text = 'id: p\nversion: "1"\ndescription: d\n';
  if (random() < 0.2) text += `options: {${pick(ids)}: {default: ${pick(['x', '1', 'null', '[]'])}}}\n`;
  text += 'phases:\n';
  for (let index = 0; index <= random() * 3; index += 1) {
    const template = random() < 0.7 ? 'hi' : pick(templates);
    text += `  - id: ${random() < 0.9 ? `p${index}` : pick(ids)}\n    prompt: ${JSON.stringify(template)}\n`;
    if (random() < 0.2) text += `    schema: ${pick(schemas)}\n`;
    while (random() < 0.3) text += `    ${pick(members)}\n`;
  }
  text += `result: {phase: ${random() < 0.9 ? 'p0' : pick(ids)}}\n`;
  if (random() < 0.4) {
    const at = Math.floor(random() * text.length);
    text = text.slice(0, at) + pick(noise) + text.slice(at + Math.floor(random() * 3));
  }
  return text;
}

function look(text: string): 'pipeline' | 'problems' {
  try {
    pipelineFromYaml(text, 'p.yaml');
    return 'pipeline';
  } catch (error) {
    if (!(error instanceof PipelineFileError)) throw new Error(`${String(error)} for\n${text}`, { cause: error });
    for (const problem of error.problems) {
      expect(problem, text).toMatchObject({ file: 'p.yaml', line: expect.any(Number), column: expect.any(Number) });
      expect(problem.message, text).not.toMatch(/Cannot read|is not a function|call stack|undefined|\[object|\n/);
    }
    return 'problems';
  }
}

test(`${rounds} random files`, { timeout: 600_000 }, () => {
  const warn = vi.spyOn(process, 'emitWarning');
  const random = seededRandom(20_261_130);
  const seen = new Set<string>();
  for (let round = 0; round < rounds; round += 1) seen.add(look(fileOf(random)));
  expect([...seen].toSorted()).toEqual(['pipeline', 'problems']);
  expect(warn).not.toHaveBeenCalled();
  warn.mockRestore();
});

test.each([100, 1000, 20_000])('%i maps inside each other are said to be too many', (depth) => {
  const look = (text: string): string => {
    try {
      pipelineFromYaml(text, 'p.yaml');
      return 'no error';
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(look(`a: ${'{a: '.repeat(depth)}1${'}'.repeat(depth)}`)).toMatch(
    /^p\.yaml:1:\d+: Expected at most 64 maps and lists inside each other, got more\./,
  );
});

test('a key that is a map is no warning of the process', () => {
  const warn = vi.spyOn(process, 'emitWarning');
  expect(look('? {a: b}\n: c\n')).toBe('problems');
  expect(warn).not.toHaveBeenCalled();
  warn.mockRestore();
});

test('a key that is a map, over many lines or endless, is named in one short line', () => {
  const key = `{${Array.from({ length: 500 }, (_, at) => `k${at}: "x\\ny"`).join(', ')}}`;
  expect(look(`? ${key}\n: c\nid: p\n`)).toBe('problems');
  expect(() => pipelineFromYaml(`? ${key}\n: c\n`, 'p.yaml')).toThrow(/^p\.yaml:1:1: Unknown key `\{ k0: .{1,80}…`\./m);
});
