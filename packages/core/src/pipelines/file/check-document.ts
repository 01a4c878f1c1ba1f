import type { ConditionDocument, PhaseDocument, PipelineDocument } from './document.ts';
import { parseTemplate } from './template.ts';

/** A problem at a path of the document. */
export interface DocumentProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly hint?: string | undefined;
}

/** The phase that a need names. */
export function needId(need: NonNullable<PhaseDocument['needs']>[number]): string {
  if (typeof need === 'string') return need;
  return 'each' in need ? need.each : need.within;
}

const always = ['request', 'options'];
const ofItem = ['item', 'key', 'index'];
const requestParts = new Set(['text', 'words', 'seed', 'input']);

/** What a schema alone can't see: names that don't exist, phases out of order, templates that read what was not declared. */
export function checkDocument(document: PipelineDocument): DocumentProblem[] {
  const problems: DocumentProblem[] = [];
  const seen = new Map<string, PhaseDocument>();
  const report = (path: DocumentProblem['path'], message: string, hint?: string): void =>
    void problems.push({ path, message, hint });
  for (const [index, phase] of document.phases.entries()) {
    const at = ['phases', index] as const;
    if (seen.has(phase.id)) report([...at, 'id'], `Expected a phase id that is unique, got \`${phase.id}\` again.`);
    if ([...always, ...ofItem].includes(phase.id))
      report([...at, 'id'], `\`${phase.id}\` is a name that templates use already.`, 'Choose another id.');
    for (const [position, need] of (phase.needs ?? []).entries()) {
      if (!seen.has(needId(need)))
        report(
          [...at, 'needs', position],
          `Expected a phase that stands above, got \`${needId(need)}\`.`,
          suggestion(needId(need), [...seen.keys()]),
        );
    }
    checkForEach(phase, at, seen, report);
    checkNames(phase, at, document, report);
    if (phase.artifact !== undefined && leads(phase.artifact))
      report([...at, 'artifact'], `Expected a path inside the folder of artifacts, got \`${phase.artifact}\`.`);
    if (phase.forEach !== undefined && phase.artifact !== undefined && !/\{\{\s*key\s*\}\}/.test(phase.artifact)) {
      report([...at, 'artifact'], 'Expected a name with {{key}}: every item of a fan-out needs a file of its own.');
    }
    seen.set(phase.id, phase);
  }
  const result = seen.get(document.result.phase);
  if (result === undefined)
    report(
      ['result', 'phase'],
      `Expected a phase of this file, got \`${document.result.phase}\`.`,
      suggestion(document.result.phase, [...seen.keys()]),
    );
  else if (result.when !== undefined)
    report(['result', 'phase'], `\`${result.id}\` has a \`when\`: the result may not be left out.`);
  return problems;
}

type Report = (path: DocumentProblem['path'], message: string, hint?: string) => void;

function checkForEach(
  phase: PhaseDocument,
  at: readonly (string | number)[],
  seen: ReadonlyMap<string, PhaseDocument>,
  report: Report,
): void {
  if (phase.forEach === undefined) return;
  if ('in' in phase.forEach) {
    const root = phase.forEach.in.split('.')[0] as string;
    if (!(phase.needs ?? []).some((need) => need === root))
      report(
        [...at, 'forEach', 'in'],
        `Expected a path into one of the \`needs\`, got \`${phase.forEach.in}\`.`,
        `Add \`${root}\` to \`needs\`.`,
      );
    return;
  }
  const followed = seen.get(phase.forEach.phase);
  if (followed === undefined)
    report(
      [...at, 'forEach', 'phase'],
      `Expected a phase that stands above, got \`${phase.forEach.phase}\`.`,
      suggestion(phase.forEach.phase, [...seen.keys()]),
    );
  else if (followed.forEach === undefined)
    report([...at, 'forEach', 'phase'], `Expected a phase with \`forEach\`, got \`${followed.id}\`.`);
}

function checkNames(
  phase: PhaseDocument,
  at: readonly (string | number)[],
  document: PipelineDocument,
  report: Report,
): void {
  const all = new Set([...(phase.needs ?? []).map(needId), ...always, ...(phase.forEach === undefined ? [] : ofItem)]);
  // A file's name tells its item apart, and says nothing else.
  const ofName = new Set(phase.forEach === undefined ? [] : ['key']);
  const check = (path: string, where: readonly (string | number)[], roots = all): void => {
    const [root, part] = path.split('.') as [string, string | undefined];
    if (!roots.has(root))
      report(
        where,
        `Expected {{${path}}} to begin with ${roots.size === 0 ? 'nothing: this text is fixed' : `one of ${[...roots].join(', ')}`}.`,
        suggestion(root, [...roots]) ?? `Add \`${root}\` to \`needs\` if it is a phase.`,
      );
    else if (root === 'request' && (part === undefined || !requestParts.has(part)))
      report(where, `Expected {{request.…}} to be one of ${[...requestParts].join(', ')}, got \`${path}\`.`);
    else if (root === 'options' && (part === undefined || !Object.hasOwn(document.options ?? {}, part))) {
      report(
        where,
        `Expected {{options.…}} to be declared in \`options\`, got \`${path}\`.`,
        suggestion(part ?? '', Object.keys(document.options ?? {})),
      );
    }
  };
  for (const [field, text] of templatesOf(phase)) {
    const { names, problem } = parseTemplate(text);
    if (problem !== undefined) report([...at, field], problem);
    for (const name of names) check(name.path, [...at, field], field === 'artifact' ? ofName : all);
  }
  if (phase.when !== undefined) check(phase.when.value, [...at, 'when', 'value']);
  if (phase.kind === 'read') {
    for (const [index, file] of phase.files.entries()) {
      if (leads(file)) report([...at, 'files', index], `Expected a path inside the input folder, got \`${file}\`.`);
    }
  }
}

const leads = (path: string): boolean => /^(?:[\\/]|[A-Za-z]:)/.test(path) || path.split(/[\\/]/).includes('..');

/** The templates of a phase with the field each stands in. */
export function templatesOf(phase: PhaseDocument): readonly (readonly [string, string])[] {
  const found: (readonly [string, string])[] = [];
  if (phase.kind === 'llm') {
    found.push(['prompt', phase.prompt]);
    if (phase.system !== undefined) found.push(['system', phase.system]);
  }
  if (phase.kind === 'template') found.push(['template', phase.template]);
  if (phase.artifact !== undefined) found.push(['artifact', phase.artifact]);
  return found;
}

/** Whether a condition holds for a value. */
export function holds(condition: ConditionDocument, value: unknown): boolean {
  if (condition.equals !== undefined) return value === condition.equals;
  if (condition.below !== undefined) return typeof value === 'number' && value < condition.below;
  if (condition.atLeast !== undefined) return typeof value === 'number' && value >= condition.atLeast;
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

function suggestion(wrong: string, names: readonly string[]): string | undefined {
  const near = names
    .map((name) => ({ name, distance: editDistance(wrong.toLowerCase(), name.toLowerCase()) }))
    .toSorted((a, b) => a.distance - b.distance)[0];
  return near !== undefined && near.distance <= Math.max(1, Math.floor(near.name.length / 3))
    ? `Did you mean \`${near.name}\`?`
    : undefined;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const substitution = (previous[column - 1] as number) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(substitution, (previous[column] as number) + 1, (current[column - 1] as number) + 1));
    }
    previous = current;
  }
  return previous[b.length] as number;
}
