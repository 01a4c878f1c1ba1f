import { posix } from 'node:path';

import type { History } from './history.ts';
import type { ImportGraph } from './imports-task.ts';
import { isCode, isTest, languageOf } from './languages.ts';
import type { FileMetrics } from './metrics-task.ts';
import { redactSecretsOf } from './secret-rules.ts';
import { SourceReader, type ChangedFiles, type SourceFiles } from './source-reader.ts';

/** A part of the codebase: a folder with what is under it. */
export interface ModuleFacts {
  readonly key: string;
  /** The folder; `.` for files at the top. */
  readonly name: string;
  readonly files: number;
  readonly code: number;
  readonly comments: number;
  readonly decisions: number;
  readonly tests: number;
  readonly languages: readonly string[];
  /** The modules that it imports. */
  readonly imports: readonly string[];
  /** Its largest files. */
  readonly largest: readonly { readonly path: string; readonly code: number; readonly decisions: number }[];
  /** The beginning of its most telling files, secrets removed. */
  readonly excerpt: string;
}

/** A file where trouble is likely. */
export interface Hotspot {
  readonly key: string;
  readonly path: string;
  /** From 0 to 1, relative to the worst of this codebase. */
  readonly score: number;
  readonly code: number;
  readonly decisions: number;
  readonly depth: number;
  readonly commits: number;
  readonly authors: number;
  readonly importedBy: number;
  readonly marks: readonly { readonly line: number; readonly text: string }[];
  readonly excerpt: string;
}

/** What the model phases look at. */
export interface Selection {
  readonly totals: {
    readonly files: number;
    readonly code: number;
    readonly comments: number;
    readonly tests: number;
    readonly decisions: number;
  };
  readonly languages: readonly { readonly name: string; readonly files: number; readonly code: number }[];
  readonly modules: readonly ModuleFacts[];
  readonly hotspots: readonly Hotspot[];
  /** Imports between modules, as names, with the number of file imports behind each. */
  readonly moduleEdges: readonly { readonly from: string; readonly to: string; readonly imports: number }[];
}

/** What the selection is made from. */
export interface SelectInput extends SourceFiles {
  readonly metrics: readonly FileMetrics[];
  readonly imports: ImportGraph;
  readonly history: History;
  /** Tokens that all excerpts together may take, at four characters a token. */
  readonly tokenBudget: number;
}

const mostModules = 12;
const mostHotspots = 10;

/** Ranks modules and hotspots and packs excerpts under a token budget; runs on a worker thread. */
export function select(input: SelectInput): Selection & ChangedFiles {
  const code = input.metrics.filter((file) => isCode(languageOf(file.path)?.name));
  const moduleOf = moduleNames(code.map((file) => file.path));
  const edges = edgesBetween(input.imports, moduleOf);
  const share = Math.floor((input.tokenBudget * 4) / (mostModules + mostHotspots));
  const reader = new SourceReader(input);
  const modules = modulesOf(code, moduleOf, edges, (path) => excerptOf(reader, path, share));
  const hotspots = hotspotsOf(code, input, (path) => excerptOf(reader, path, share));
  return {
    totals: totalsOf(code),
    languages: languagesOf(input.metrics),
    modules,
    hotspots,
    moduleEdges: edges,
    changed: reader.changed,
  };
}

function totalsOf(files: readonly FileMetrics[]): Selection['totals'] {
  const sum = (of: (file: FileMetrics) => number): number => files.reduce((total, file) => total + of(file), 0);
  return {
    files: files.length,
    code: sum((file) => file.code),
    comments: sum((file) => file.comments),
    tests: files.filter((file) => isTest(file.path)).length,
    decisions: sum((file) => file.decisions),
  };
}

function languagesOf(files: readonly FileMetrics[]): Selection['languages'] {
  const byName = new Map<string, { name: string; files: number; code: number }>();
  for (const file of files) {
    const name = languageOf(file.path)?.name ?? 'other';
    const entry = byName.get(name) ?? { name, files: 0, code: 0 };
    entry.files += 1;
    entry.code += file.code;
    byName.set(name, entry);
  }
  return [...byName.values()].toSorted((a, b) => b.code - a.code || (a.name < b.name ? -1 : 1));
}

/** Names the module of each file: folders are split from the top until there are enough of them, the largest first. */
function moduleNames(paths: readonly string[]): ReadonlyMap<string, string> {
  const groups = new Map<string, string[]>([['.', [...paths]]]);
  for (;;) {
    const largest = [...groups]
      .filter(([name, files]) => files.length > 1 && splits(name, files).size > 1)
      .toSorted((a, b) => b[1].length - a[1].length)[0];
    if (largest === undefined) break;
    const parts = splits(largest[0], largest[1]);
    const room = mostModules - (groups.size - 1);
    if (room < 2) break;
    const [name] = largest;
    const ordered = [...parts].toSorted(
      (a, b) => Number(a[0] === name) - Number(b[0] === name) || b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1),
    );
    // Where there is no room for all parts, the smallest stay together under the name of their folder.
    const own = parts.size > room ? ordered.slice(0, room - 1) : ordered;
    const rest = ordered.slice(own.length).flatMap(([, files]) => files);
    groups.delete(name);
    for (const [part, files] of own) groups.set(part, files);
    if (rest.length === 0) continue;
    groups.set(name, rest);
    break;
  }
  return new Map([...groups].flatMap(([name, files]) => files.map((path) => [path, name] as const)));
}

function splits(name: string, files: readonly string[]): Map<string, string[]> {
  const prefix = name === '.' ? '' : `${name}/`;
  const parts = new Map<string, string[]>();
  for (const path of files) {
    const rest = path.slice(prefix.length).split('/');
    const part = rest.length > 1 ? `${prefix}${rest[0]}` : name;
    const list = parts.get(part);
    if (list === undefined) parts.set(part, [path]);
    else list.push(path);
  }
  // A folder with one sub-folder and nothing else is that sub-folder.
  if (parts.size === 1) {
    const [only, members] = [...parts][0] as [string, string[]];
    return only === name ? parts : splits(only, members);
  }
  return parts;
}

function edgesBetween(graph: ImportGraph, moduleOf: ReadonlyMap<string, string>): Selection['moduleEdges'] {
  const counts = new Map<string, { from: string; to: string; imports: number }>();
  for (const [from, to] of graph.edges) {
    const a = moduleOf.get(graph.files[from] as string);
    const b = moduleOf.get(graph.files[to] as string);
    if (a === undefined || b === undefined || a === b) continue;
    const entry = counts.get(`${a}\0${b}`) ?? { from: a, to: b, imports: 0 };
    entry.imports += 1;
    counts.set(`${a}\0${b}`, entry);
  }
  return [...counts.values()].toSorted(
    (a, b) => b.imports - a.imports || (`${a.from}\0${a.to}` < `${b.from}\0${b.to}` ? -1 : 1),
  );
}

function modulesOf(
  files: readonly FileMetrics[],
  moduleOf: ReadonlyMap<string, string>,
  edges: Selection['moduleEdges'],
  excerpt: (path: string) => string,
): ModuleFacts[] {
  const groups = new Map<string, FileMetrics[]>();
  for (const file of files) {
    const name = moduleOf.get(file.path) as string;
    const list = groups.get(name);
    if (list === undefined) groups.set(name, [file]);
    else list.push(file);
  }
  const ordered = [...groups].toSorted(
    ([a, left], [b, right]) => totalsOf(right).code - totalsOf(left).code || (a < b ? -1 : 1),
  );
  return ordered.slice(0, mostModules).map(([name, members], index) => {
    const totals = totalsOf(members);
    const largest = members.toSorted((a, b) => b.code - a.code || (a.path < b.path ? -1 : 1));
    // An entry file tells what a module is for; without one, its largest file does.
    const entry =
      members.find((file) => /^(?:index|main|mod|lib|__init__|app)\.[^.]+$/.test(posix.basename(file.path))) ??
      largest[0];
    return {
      key: `m${String(index + 1).padStart(2, '0')}`,
      name,
      files: totals.files,
      code: totals.code,
      comments: totals.comments,
      decisions: totals.decisions,
      tests: totals.tests,
      languages: languagesOf(members).map((language) => language.name),
      imports: edges.filter((edge) => edge.from === name).map((edge) => edge.to),
      largest: largest.slice(0, 5).map((file) => ({ path: file.path, code: file.code, decisions: file.decisions })),
      excerpt: entry === undefined ? '' : excerpt(entry.path),
    };
  });
}

function hotspotsOf(files: readonly FileMetrics[], input: SelectInput, excerpt: (path: string) => string): Hotspot[] {
  const history = new Map(input.history.files.map((file) => [file.path, file]));
  const importedBy = new Map<string, number>();
  for (const [, to] of input.imports.edges) {
    const path = input.imports.files[to] as string;
    importedBy.set(path, (importedBy.get(path) ?? 0) + 1);
  }
  // Complexity times churn (Tornhill, Your Code as a Crime Scene), weighted by how many files lean on it.
  const weight = (file: FileMetrics): number =>
    (file.decisions + file.code / 20) *
    Math.log2(2 + (history.get(file.path)?.commits ?? 0)) *
    Math.log2(2 + (importedBy.get(file.path) ?? 0));
  const ranked = files
    .filter((file) => !isTest(file.path) && file.code > 20)
    .map((file) => ({ file, weight: weight(file) }));
  ranked.sort((a, b) => b.weight - a.weight || (a.file.path < b.file.path ? -1 : 1));
  const most = ranked[0]?.weight ?? 1;
  return ranked.slice(0, mostHotspots).map(({ file, weight: value }, index) => ({
    key: `h${String(index + 1).padStart(2, '0')}`,
    path: file.path,
    score: Math.round((value / most) * 100) / 100,
    code: file.code,
    decisions: file.decisions,
    depth: file.depth,
    commits: history.get(file.path)?.commits ?? 0,
    authors: history.get(file.path)?.authors ?? 0,
    importedBy: importedBy.get(file.path) ?? 0,
    marks: file.marks.slice(0, 5),
    excerpt: excerpt(file.path),
  }));
}

function excerptOf(reader: SourceReader, path: string, characters: number): string {
  const text = reader.read(path);
  if (text === undefined) return '';
  const clean = redactSecretsOf(text);
  if (clean.length <= characters) return clean;
  const end = clean.lastIndexOf('\n', characters);
  return `${clean.slice(0, end > 0 ? end : characters)}\n…`;
}
