import { code, count, counted, enumerate, list, number, object, text, texts, type Facts } from './facts.ts';

/** Writes of a codebase from measured facts alone, for the tasks of the `analyze` pipeline; `undefined` for any other task. */
export function writeOfCodebase(task: string, facts: Facts): string | undefined {
  switch (task) {
    case 'analyze/overview':
      return overview(facts);
    case 'analyze/module':
      return module(facts);
    case 'analyze/risk':
      return risk(facts);
    case 'analyze/tests':
      return tests(facts);
    case 'analyze/synthesis':
      return synthesis(facts);
    default:
      return undefined;
  }
}

function overview(facts: Facts): string {
  const totals = object(facts, 'totals');
  const languages = list(facts, 'languages')
    .filter((entry) => number(entry, 'code') > 0)
    .map((entry) => text(entry, 'name'));
  const modules = list(facts, 'modules');
  const edges = list(facts, 'edges');
  const packages = list(facts, 'packages').map((entry) => text(entry, 'name'));
  const names = list(facts, 'manifests')
    .map((entry) => text(entry, 'name'))
    .filter((name) => name !== '');
  const largest = modules[0];
  const code0 = number(totals, 'code');
  const paragraphs = [
    `This codebase has ${counted(number(totals, 'files'), 'source file')} with ${counted(code0, 'line')} of code${languages.length > 0 ? `, mostly ${enumerate(languages.slice(0, 3))}` : ''}.${names.length > 0 ? ` Its manifests name ${enumerate(names.slice(0, 6).map(code))}.` : ''}`,
  ];
  if (largest !== undefined) {
    const share = code0 === 0 ? 0 : Math.round((number(largest, 'code') / code0) * 100);
    paragraphs.push(
      `It is cut into ${counted(modules.length, 'module')}; the largest is ${code(text(largest, 'name'))} with ${count(number(largest, 'code'))} lines, ${share} % of the code.`,
    );
  }
  const strongest = edges[0];
  if (strongest !== undefined) {
    const twoWay = edges.filter((edge) =>
      edges.some((other) => text(other, 'from') === text(edge, 'to') && text(other, 'to') === text(edge, 'from')),
    );
    paragraphs.push(
      `Dependencies run most heavily from ${code(text(strongest, 'from'))} to ${code(text(strongest, 'to'))} (${counted(number(strongest, 'imports'), 'import')}). ${
        twoWay.length === 0
          ? 'No two modules lean on each other in both directions.'
          : `${code(text(twoWay[0] as Facts, 'from'))} and ${code(text(twoWay[0] as Facts, 'to'))} lean on each other in both directions, which makes either hard to change alone.`
      }`,
    );
  } else if (modules.length > 1) {
    paragraphs.push('No imports between its modules were found.');
  }
  if (packages.length > 0)
    paragraphs.push(
      `From outside it uses ${enumerate(packages.slice(0, 8).map(code))}${packages.length > 8 ? ` and ${packages.length - 8} more` : ''}.`,
    );
  return paragraphs.join('\n\n');
}

function module(facts: Facts): string {
  const files = number(facts, 'files');
  const decisions = number(facts, 'decisions');
  const lines = number(facts, 'code');
  const largest = list(facts, 'largest')[0];
  const imports = texts(facts, 'imports');
  const density = lines === 0 ? 0 : decisions / (lines / 100);
  const sentences = [
    `${code(text(facts, 'name'))} holds ${counted(files, 'file')} and ${counted(lines, 'line')} of ${enumerate(texts(facts, 'languages').slice(0, 2)) || 'code'}.`,
    imports.length === 0
      ? 'It imports no other module of this codebase.'
      : `It imports ${enumerate(imports.slice(0, 5).map(code))}.`,
    ...(largest === undefined
      ? []
      : [
          `Its largest file is ${code(text(largest, 'path'))} (${counted(number(largest, 'code'), 'line')}, ${counted(number(largest, 'decisions'), 'decision point')}).`,
        ]),
    density >= 20
      ? `With ${density.toFixed(0)} decision points per hundred lines it branches a lot: read its conditions before changing them.`
      : `It has ${density.toFixed(0)} decision points per hundred lines.`,
    number(facts, 'tests') === 0
      ? 'No test file was found in it.'
      : `${counted(number(facts, 'tests'), 'test file')} ${verb(number(facts, 'tests'), 'stands', 'stand')} beside it.`,
  ];
  return sentences.join(' ');
}

function risk(facts: Facts): string {
  const path = code(text(facts, 'path'));
  const decisions = number(facts, 'decisions');
  const commits = number(facts, 'commits');
  const importedBy = number(facts, 'importedBy');
  const marks = list(facts, 'marks');
  const secrets = list(facts, 'secrets');
  const causes = [
    `${counted(decisions, 'decision point')} in ${counted(number(facts, 'code'), 'line')} of code`,
    ...(commits > 1
      ? [`${counted(commits, 'commit')} by ${counted(number(facts, 'authors'), 'person', 'people')}`]
      : []),
    ...(importedBy > 0 ? [`${counted(importedBy, 'file')} that lean on it`] : []),
  ];
  const first =
    importedBy >= 5
      ? 'Pin what others rely on with tests before touching it, then split it along its callers.'
      : number(facts, 'depth') >= 6
        ? 'Flatten its deepest branches first: early returns, then a function per case.'
        : 'Split it by what it decides, and test each part by itself.';
  return [
    ...(secrets.length > 0
      ? [
          `It seems to hold ${text(secrets[0] as Facts, 'what')} at line ${number(secrets[0] as Facts, 'line')}: take it out and replace it before anything else.`,
        ]
      : []),
    `${path} brings together ${enumerate(causes)}, so a change here is easy to get wrong and far to feel.`,
    first,
    ...(marks.length > 0
      ? [
          `It says itself that something is open, at line ${number(marks[0] as Facts, 'line')}: “${text(marks[0] as Facts, 'text')}”.`,
        ]
      : []),
  ].join(' ');
}

function tests(facts: Facts): string {
  const totals = object(facts, 'totals');
  const modules = list(facts, 'modules');
  const bare = modules
    .filter((entry) => number(entry, 'tests') === 0 && number(entry, 'decisions') > 0)
    .toSorted((a, b) => number(b, 'decisions') - number(a, 'decisions'));
  const scripts = texts(facts, 'scripts');
  const files = number(totals, 'files');
  const found = number(totals, 'tests');
  return [
    found === 0
      ? 'No test files were found.'
      : `${count(found)} of ${counted(files, 'source file')} are tests (${files === 0 ? 0 : Math.round((found / files) * 100)} %).`,
    scripts.length === 0
      ? 'No manifest names a script that runs them.'
      : `Scripts that check: ${enumerate(scripts.slice(0, 5).map(code))}.`,
    bare[0] === undefined
      ? 'Every module with decisions in it has a test file of its own.'
      : `${code(text(bare[0], 'name'))} needs tests most: ${counted(number(bare[0], 'decisions'), 'decision point')}, and no test file inside it.`,
  ].join(' ');
}

function synthesis(facts: Facts): string {
  const totals = object(facts, 'totals');
  const cycles = Array.isArray(facts['cycles']) ? (facts['cycles'] as unknown[]) : [];
  const hotspots = list(facts, 'hotspots');
  const secrets = list(facts, 'secrets');
  const duplicates = list(facts, 'duplicates');
  const cycleCount = number(facts, 'cycleCount');
  const secretCount = number(facts, 'secretCount');
  const duplicated = number(facts, 'duplicatedLines');
  const lines = number(totals, 'code');
  const state = [
    `${counted(number(totals, 'files'), 'source file')}, ${counted(lines, 'line')} of code, ${counted(number(totals, 'tests'), 'test file')}.`,
    cycleCount === 0
      ? 'Imports run without cycles.'
      : `${counted(cycleCount, 'import cycle')} ${verb(cycleCount, 'ties', 'tie')} files together that can’t be changed apart.`,
    duplicated === 0
      ? 'No duplicated code of note was found.'
      : `${counted(duplicated, 'line')} ${verb(duplicated, 'stands', 'stand')} more than once${lines === 0 ? '' : ` (${Math.round((duplicated / lines) * 100)} % of the code)`}.`,
    secretCount === 0
      ? 'No secrets were found outside tests.'
      : `${counted(secretCount, 'secret')} ${verb(secretCount, 'seems', 'seem')} to stand in source files.`,
  ];
  const steps: string[] = [];
  if (secrets[0] !== undefined)
    steps.push(
      `Remove ${text(secrets[0], 'what')} from ${code(`${text(secrets[0], 'path')}:${number(secrets[0], 'line')}`)} and revoke it.`,
    );
  if (hotspots[0] !== undefined)
    steps.push(
      `Start with ${code(text(hotspots[0], 'path'))}: ${counted(number(hotspots[0], 'decisions'), 'decision point')}, imported by ${counted(number(hotspots[0], 'importedBy'), 'file')}.`,
    );
  if (Array.isArray(cycles[0]))
    steps.push(`Break the cycle around ${code(String(cycles[0][0]))} (${counted(cycles[0].length, 'file')}).`);
  if (duplicates[0] !== undefined) {
    const a = object(duplicates[0], 'a');
    const b = object(duplicates[0], 'b');
    steps.push(
      `Fold ${code(`${text(a, 'path')}:${number(a, 'from')}`)} and ${code(`${text(b, 'path')}:${number(b, 'from')}`)} into one (${counted(number(duplicates[0], 'lines'), 'line')}).`,
    );
  }
  if (hotspots[1] !== undefined) steps.push(`Then look at ${code(text(hotspots[1], 'path'))}.`);
  return `${state.join(' ')}\n\n${steps.map((step, index) => `${index + 1}. ${step}`).join('\n')}`;
}

const verb = (amount: number, one: string, many: string): string => (amount === 1 ? one : many);
