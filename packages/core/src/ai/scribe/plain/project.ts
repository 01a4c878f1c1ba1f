import { list, text, texts, type Facts } from './facts.ts';

/** The parts of a `build` prompt. */
export interface ProjectPrompt {
  readonly request: string;
  readonly brief: Facts;
  readonly card: Facts;
  readonly plan: readonly Facts[];
  readonly features: readonly string[];
  readonly interfaces: readonly Facts[];
}

const idle = new Set(
  'a an the and or of for to in on with that which this build write create make implement small simple please me my cli app tool program library api server using from into'.split(
    ' ',
  ),
);

function nouns(request: string): string[] {
  const words = request.toLowerCase().match(/[a-z][a-z0-9]+/g) ?? [];
  return [...new Set(words.filter((word) => !idle.has(word)))];
}

/** Plans and writes a small project by form: names, interfaces and modules that parse and keep what they promise; `undefined` for any other task. */
export function writeProject(task: string, prompt: ProjectPrompt): unknown {
  switch (task) {
    case 'build/brief':
      return brief(prompt.request);
    case 'build/features':
      return {
        points: [
          `Take ${subjectOf(prompt)} as plain data and check it.`,
          `Work on ${subjectOf(prompt)} one entry at a time.`,
          'Give the result as text that a person can read.',
        ],
      };
    case 'build/architecture':
      return {
        points: [
          'One module reads and checks the input.',
          'One module holds the work and knows no input or output.',
          'One module turns results into text.',
        ],
      };
    case 'build/quality':
      return {
        points: [
          'Every exported function refuses wrong arguments with a TypeError.',
          'The same input gives the same output.',
          'Empty input is an input like any other.',
        ],
      };
    case 'build/plan':
      return {
        files: [
          { name: 'input', purpose: `Reads and checks ${subjectOf(prompt)}.` },
          { name: 'work', purpose: `Works on ${subjectOf(prompt)}.` },
          { name: 'output', purpose: 'Turns results into text.' },
        ],
      };
    case 'build/interfaces':
      return {
        files: prompt.plan.map((file) => ({
          name: text(file, 'name'),
          functions: functionsOf(text(file, 'name'), text(file, 'purpose')),
        })),
      };
    case 'build/file':
    case 'build/refine':
      return fenced(moduleOf(prompt.card));
    case 'build/test':
      return fenced(testsOf(prompt.card));
    case 'build/review':
      return { score: 0.9, notes: [] };
    case 'build/docs':
      return docs(prompt);
    default:
      return undefined;
  }
}

const fenced = (source: string): string => `\`\`\`js\n${source}\`\`\`\n`;

function subjectOf(prompt: ProjectPrompt): string {
  return (
    texts(prompt.brief, 'constraints')[0]
      ?.replace(/^About /, '')
      .replace(/\.$/, '') ?? 'its input'
  );
}

function brief(request: string): unknown {
  const words = nouns(request);
  const name = words.slice(0, 3).join('-').slice(0, 40) || 'small-project';
  return {
    name: name.length > 1 ? name : `${name}-project`,
    summary: `A small project in answer to: ${request.trim().replace(/\s+/g, ' ')}`,
    users: 'Engineers who want a start with the right shape.',
    constraints: [`About ${words.slice(0, 4).join(' ') || 'its input'}.`, 'No dependencies.'],
  };
}

function functionsOf(name: string, purpose: string): unknown[] {
  const last = purpose.replace(/\.$/, '');
  switch (name) {
    case 'input':
      return [{ name: 'parseLines', params: ['source'], does: 'Splits a text into trimmed lines that are not empty.' }];
    case 'work':
      return [
        {
          name: 'countEntries',
          params: ['entries'],
          does: 'Counts how often each entry occurs, in order of first occurrence.',
        },
        { name: 'groupByLength', params: ['entries'], does: 'Groups entries by their length.' },
      ];
    case 'output':
      return [
        { name: 'formatPairs', params: ['pairs'], does: 'Writes one line per pair, name and value apart by a tab.' },
      ];
    default:
      return [
        {
          name: `describe${name.replaceAll('-', '').replace(/^./, (first) => first.toUpperCase())}`,
          params: ['value'],
          does: `${last}: says what a value is.`,
        },
      ];
  }
}

const bodies: Readonly<Record<string, string>> = {
  parseLines: `  if (typeof source !== 'string') throw new TypeError('Expected \`source\` to be a string');
  return source.split('\\n').map((line) => line.trim()).filter((line) => line !== '');`,
  countEntries: `  if (!Array.isArray(entries)) throw new TypeError('Expected \`entries\` to be an array');
  const counts = new Map();
  for (const entry of entries) counts.set(entry, (counts.get(entry) ?? 0) + 1);
  return [...counts];`,
  groupByLength: `  if (!Array.isArray(entries)) throw new TypeError('Expected \`entries\` to be an array');
  const groups = new Map();
  for (const entry of entries) groups.set(String(entry).length, [...(groups.get(String(entry).length) ?? []), entry]);
  return [...groups].sort(([left], [right]) => left - right);`,
  formatPairs: `  if (!Array.isArray(pairs)) throw new TypeError('Expected \`pairs\` to be an array');
  return pairs.map(([name, value]) => \`\${name}\\t\${value}\\n\`).join('');`,
};

function moduleOf(card: Facts): string {
  return list(card, 'functions')
    .map((entry) => {
      const name = text(entry, 'name');
      const params = texts(entry, 'params');
      const first = params[0] ?? 'value';
      const body =
        (Object.hasOwn(bodies, name) ? bodies[name] : undefined) ??
        `  if (${first} === undefined) throw new TypeError('Expected \`${first}\` to be given');\n  return { kind: typeof ${first}, text: String(${first}) };`;
      return `/** ${text(entry, 'does')} */\nexport function ${name}(${params.length === 0 ? first : params.join(', ')}) {\n${body}\n}\n`;
    })
    .join('\n');
}

function testsOf(card: Facts): string {
  const names = list(card, 'functions').map((entry) => text(entry, 'name'));
  const file = text(card, 'name');
  const tests = names.map(
    (name) =>
      `test('${name} refuses what it can’t use', () => {\n  assert.throws(() => ${name}(undefined), TypeError);\n});\n`,
  );
  return `import assert from 'node:assert/strict';\nimport test from 'node:test';\n\nimport { ${names.join(', ')} } from '../src/${file}.js';\n\n${tests.join('\n')}`;
}

function docs(prompt: ProjectPrompt): string {
  const modules = prompt.interfaces.map((file) => {
    const lines = list(file, 'functions').map(
      (entry) => `  - \`${text(entry, 'name')}(${texts(entry, 'params').join(', ')})\`: ${text(entry, 'does')}`,
    );
    return `- \`src/${text(file, 'name')}.js\`\n${lines.join('\n')}`;
  });
  const features = prompt.features.map((feature) => `- ${feature}`);
  return `## What it does\n\n${features.join('\n')}\n\n## Modules\n\n${modules.join('\n')}\n\n## Tests\n\n\`npm test\` runs them with Node’s own test runner.\n\nAn offline placeholder model wrote this project by form: the shape is right, the substance is for a real model.`;
}
