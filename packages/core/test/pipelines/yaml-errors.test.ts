import { describe, expect, it } from 'vitest';

import { pipelineFromYaml } from '../../src/pipelines/file/pipeline-from-yaml.ts';
import type { PipelineFileError } from '../../src/pipelines/file/problem.ts';

const head = 'id: letter\nversion: "1"\ndescription: A letter\n';
const tail = 'result: { phase: page }\n';

function problemsOf(text: string): string[] {
  try {
    pipelineFromYaml(text, 'letter.yaml');
  } catch (error) {
    expect((error as PipelineFileError).code).toBe('ERR_ORC_PIPELINE_FILE');
    return (error as PipelineFileError).message.split('\n');
  }
  throw new Error('Expected the file to be refused');
}

describe('a pipeline file that is wrong', () => {
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ['is not YAML', 'id: [\n', /^letter\.yaml:\d+:\d+: /],
    ['is empty', '', /letter\.yaml:1:1: Expected the file to be a map, got nothing\./],
    [
      'has an unknown key',
      `${head}phases:\n  - id: page\n    prompt: Hi\n    promt: Hi\n${tail}`,
      /letter\.yaml:7:5: Unknown key `promt`/,
    ],
    [
      'needs a phase that does not exist',
      `${head}phases:\n  - id: idea\n    prompt: Hi\n  - id: page\n    needs: [ideas]\n    prompt: Hi\n${tail}`,
      /letter\.yaml:8:13: Expected a phase that stands above, got `ideas`\. Did you mean `idea`\?/,
    ],
    [
      'reads what it does not need',
      `${head}phases:\n  - id: idea\n    prompt: Hi\n  - id: page\n    prompt: "{{idea.title}}"\n${tail}`,
      /letter\.yaml:8:13: Expected \{\{idea\.title\}\} to begin with one of request, options\. Add `idea` to `needs`/,
    ],
    [
      'reads an option that is not declared',
      `${head}options: { tone: { default: plain } }\nphases:\n  - id: page\n    prompt: "{{options.tune}}"\n${tail}`,
      /letter\.yaml:7:13: .*Did you mean `tone`\?/,
    ],
    [
      'has two phases of one name',
      `${head}phases:\n  - id: page\n    prompt: Hi\n  - id: page\n    prompt: Ho\n${tail}`,
      /letter\.yaml:7:9: Expected a phase id that is unique/,
    ],
    [
      'names a result that does not exist',
      `${head}phases:\n  - id: page\n    prompt: Hi\nresult: { phase: pages }\n`,
      /letter\.yaml:7:18: Expected a phase of this file, got `pages`\. Did you mean `page`\?/,
    ],
    [
      'has a bad duration',
      `${head}phases:\n  - id: page\n    prompt: Hi\n    timeout: soon\n${tail}`,
      /letter\.yaml:7:14: `phases\.0\.timeout`: Expected a duration/,
    ],
    [
      'leaves a block of a template open',
      `${head}phases:\n  - id: page\n    prompt: "{{#request.text}} open"\n${tail}`,
      /letter\.yaml:6:13: Unclosed section/,
    ],
    [
      'reads a file outside the folder',
      `${head}phases:\n  - id: page\n    kind: read\n    files: [../secrets.txt]\n${tail}`,
      /letter\.yaml:7:13: Expected a path inside the input folder/,
    ],
    [
      'pulls another template in',
      `${head}phases:\n  - id: page\n    prompt: "{{> other}}"\n${tail}`,
      /letter\.yaml:6:13: Partials are not supported/,
    ],
    [
      'fans out over what it does not need',
      `${head}phases:\n  - id: page\n    forEach: { in: outline.parts }\n    prompt: "{{item}}"\n${tail}`,
      /letter\.yaml:6:20: Expected a path into one of the `needs`/,
    ],
    [
      'pulls another template in, inside a section',
      `${head}phases:\n  - id: page\n    prompt: "{{#request.text}}{{> other}}{{/request.text}}"\n${tail}`,
      /letter\.yaml:6:13: Partials are not supported/,
    ],
    [
      'reads an option of another name inside a section',
      `${head}phases:\n  - id: page\n    prompt: "{{#request.text}}{{options.tone}}{{/request.text}}"\n${tail}`,
      /letter\.yaml:6:13: .*declared in `options`/,
    ],
    [
      'reads what every object has',
      `${head}phases:\n  - id: page\n    prompt: "{{options.constructor}}"\n${tail}`,
      /letter\.yaml:6:13: .*declared in `options`/,
    ],
    [
      'names a file by the request',
      `${head}phases:\n  - id: page\n    prompt: Hi\n    artifact: "{{request.text}}.md"\n${tail}`,
      /letter\.yaml:7:15: Expected \{\{request\.text\}\} to begin with nothing/,
    ],
    [
      'writes outside its folder',
      `${head}phases:\n  - id: page\n    prompt: Hi\n    artifact: ../page.md\n${tail}`,
      /letter\.yaml:7:15: Expected a path inside the folder of artifacts/,
    ],
    ['follows an anchor that is not there', `${head}phases: *none\n${tail}`, /letter\.yaml:\d+:\d+: .*[Aa]lias/],
    [
      'grows without bound',
      `a: &a [x, x, x, x, x, x, x, x, x]\n${['b', 'c', 'd', 'e', 'f'].map((name, at) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcde'[at]}`).join(', ')}]`).join('\n')}\n`,
      /letter\.yaml:1:1: .*alias/,
    ],
    [
      'is of a kind that there is not',
      `${head}phases:\n  - id: page\n    kind: shell\n    command: date\n${tail}`,
      /letter\.yaml:6:11: `phases\.0\.kind`: Expected one of llm, template, read\./,
    ],
    [
      'lacks a key',
      `${head}phases:\n  - id: page\n${tail}`,
      /letter\.yaml:5:5: Expected `phases\.0\.prompt` to be a text, got nothing\./,
    ],
    ['is no map', 'a letter\n', /letter\.yaml:1:1: Expected the file to be a map, got a text\./],
    [
      'writes every item into one file',
      `${head}phases:\n  - id: list\n    prompt: Hi\n    schema: { type: array }\n  - id: page\n    needs: [list]\n    forEach: { in: list }\n    prompt: "{{item}}"\n    artifact: page.md\n${tail}`,
      /letter\.yaml:12:15: Expected a name with \{\{key\}\}/,
    ],
  ];
  for (const [what, text, message] of cases) {
    it(`says where: it ${what}`, () => {
      expect(problemsOf(text)[0]).toMatch(message);
    });
  }

  it('tells all its problems at once, in the order of the file', () => {
    const problems = problemsOf(`${head}phases:\n  - id: page\n    needs: [a, b]\n    prompt: "{{c}}"\n${tail}`);
    expect(problems.map((problem) => problem.split(': ')[0])).toEqual([
      'letter.yaml:6:13',
      'letter.yaml:6:16',
      'letter.yaml:7:13',
    ]);
  });
});

describe('a pipeline file that is right', () => {
  it('becomes a pipeline whose digest changes with its text', () => {
    const text = `${head}phases:\n  - id: page\n    prompt: Write to {{request.text}}\n${tail}`;
    const pipeline = pipelineFromYaml(text);
    expect(pipeline.phases.map((phase) => [phase.id, phase.kind])).toEqual([['page', 'llm']]);
    expect(pipelineFromYaml(text).digest).toBe(pipeline.digest);
    expect(pipelineFromYaml(text.replace('Write', 'Reply')).digest).not.toBe(pipeline.digest);
  });

  it('declares what it reads of the request inside a section, too', () => {
    const pipeline = pipelineFromYaml(
      `${head}phases:\n  - id: page\n    prompt: "{{#request.words}}{{request.text}}{{/request.words}}"\n${tail}`,
    );
    expect(pipeline.phases[0]?.definition.uses.request).toEqual(['text', 'words']);
  });

  it('declares the parts of the request that its templates read, and no others', () => {
    const pipeline = pipelineFromYaml(
      `${head}options: { tone: { default: plain } }\nphases:\n  - id: page\n    prompt: "{{request.text}} {{options.tone}}"\n${tail}`,
    );
    expect(pipeline.phases[0]?.definition.uses.request).toEqual(['options.tone', 'text']);
  });
});
