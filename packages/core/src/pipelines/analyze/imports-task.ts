import { posix } from 'node:path';

import { languageOf, type Language } from './languages.ts';
import { SourceReader, type ChangedFiles, type SourceFiles } from './source-reader.ts';
import { stripCode } from './strip-code.ts';

/** Who imports whom, among the files that were scanned. */
export interface ImportGraph {
  /** Edges from a file to what it imports, as indexes into `files`, sorted. */
  readonly edges: readonly (readonly [number, number])[];
  readonly files: readonly string[];
  /** Cycles: sets of files that reach each other, largest first. */
  readonly cycles: readonly (readonly string[])[];
  /** The files that most others import. */
  readonly mostImported: readonly { readonly path: string; readonly by: number }[];
  /** The files that import most others. */
  readonly mostImporting: readonly { readonly path: string; readonly of: number }[];
  /** Packages from outside, with the number of files that use each. */
  readonly packages: readonly { readonly name: string; readonly files: number }[];
}

// Where an import may stand anywhere, and over lines.
const textPatterns: Readonly<Record<string, RegExp>> = {
  TypeScript: /\b(?:from\s*|import\s*(?:\(\s*)?|require\s*\(\s*)["'`]([^"'`\n]+)["'`]/g,
  Rust: /\bmod\s+(\w+)\s*;|\buse\s+(crate(?:::\w+)+)/g,
  Ruby: /\brequire_relative\s+["']([^"'\n]+)["']/g,
  PHP: /\b(?:require|include)(?:_once)?\s*(?:\(\s*)?["']([^"'\n]+)["']/g,
};
// Where an import is a line, without the blanks around it: a pattern with `^\s*` would begin anew at every empty line.
const linePatterns: Readonly<Record<string, RegExp>> = {
  Python: /^(?:from\s+([.\w]+)\s+import\b|import\s+([.\w]+))/,
  Go: /^(?:import\s+)?(?:[\w.]+\s+)?"([^"]+)"$/,
  Java: /^import\s+(?:static\s+)?([\w.]+)/,
  C: /^#\s*include\s+"([^"]+)"/,
};
const patternOf: Readonly<Record<string, string>> = {
  JavaScript: 'TypeScript',
  Vue: 'TypeScript',
  Kotlin: 'Java',
  'C++': 'C',
};

/** Reads the imports of all files and finds cycles; runs on a worker thread. */
export function mapImports(input: SourceFiles): ImportGraph & ChangedFiles {
  const reader = new SourceReader(input);
  const sources = input.files.flatMap(({ path }) => {
    const text = reader.read(path);
    return text === undefined ? [] : [{ path, text }];
  });
  return { ...graphOf(sources), changed: reader.changed };
}

/** The import graph of texts. */
export function graphOf(sources: readonly { readonly path: string; readonly text: string }[]): ImportGraph {
  const files = sources.map((source) => source.path);
  const index = new Map(files.map((path, at) => [path, at]));
  const resolve = resolver(files, sources);
  const edges: [number, number][] = [];
  const outside = new Map<string, Set<number>>();
  for (const [from, { path, text }] of sources.entries()) {
    const language = languageOf(path);
    if (language === undefined) continue;
    const targets = new Set<number>();
    for (const specifier of specifiersIn(text, language)) {
      const found = resolve(path, specifier, language.name);
      const to = found === undefined ? undefined : index.get(found);
      if (to !== undefined && to !== from) targets.add(to);
      else if (found === undefined) {
        const name = packageName(specifier, language.name);
        if (name !== undefined) outside.set(name, (outside.get(name) ?? new Set()).add(from));
      }
    }
    for (const to of [...targets].toSorted((a, b) => a - b)) edges.push([from, to]);
  }
  const incoming = new Map<number, number>();
  const outgoing = new Map<number, number>();
  for (const [from, to] of edges) {
    incoming.set(to, (incoming.get(to) ?? 0) + 1);
    outgoing.set(from, (outgoing.get(from) ?? 0) + 1);
  }
  const top = (counts: ReadonlyMap<number, number>): [string, number][] =>
    [...counts]
      .map(([at, count]): [string, number] => [files[at] as string, count])
      .toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
      .slice(0, 15);
  return {
    files,
    edges,
    cycles: cyclesOf(files, edges),
    mostImported: top(incoming).map(([path, by]) => ({ path, by })),
    mostImporting: top(outgoing).map(([path, of]) => ({ path, of })),
    packages: [...outside]
      .map(([name, users]) => ({ name, files: users.size }))
      .toSorted((a, b) => b.files - a.files || (a.name < b.name ? -1 : 1))
      .slice(0, 40),
  };
}

function specifiersIn(text: string, language: Language): string[] {
  const syntax = patternOf[language.name] ?? language.name;
  const anywhere = textPatterns[syntax];
  const perLine = linePatterns[syntax];
  if (anywhere === undefined && perLine === undefined) return [];
  const { code } = stripCode(text, language, true);
  const matches =
    anywhere === undefined
      ? code.split('\n').map((line) => (perLine as RegExp).exec(line.trim()))
      : [...code.matchAll(anywhere)];
  return matches.flatMap((match) => match?.[1] ?? match?.[2] ?? []);
}

const scriptEndings = [
  '',
  '.ts',
  '.tsx',
  '.mts',
  '.js',
  '.jsx',
  '.mjs',
  '.cjs',
  '.vue',
  '.d.ts',
  '/index.ts',
  '/index.tsx',
  '/index.js',
  '/index.mjs',
];

function resolver(
  files: readonly string[],
  sources: readonly { readonly path: string; readonly text: string }[],
): (from: string, specifier: string, language: string) => string | undefined {
  const known = new Set(files);
  const bySuffix = new Map<string, string>();
  for (const path of files) {
    const parts = path.replace(/\.[^./]+$/, '').split('/');
    // Languages that name modules by dotted paths are looked up by the end of the path, whatever folder the sources start in.
    for (let depth = 1; depth <= Math.min(parts.length, 6); depth += 1) {
      const suffix = parts.slice(-depth).join('/');
      if (!bySuffix.has(suffix)) bySuffix.set(suffix, path);
    }
  }
  const goFolders = new Map<string, string>();
  for (const path of files) {
    const folder = posix.dirname(path);
    if (path.endsWith('.go') && !goFolders.has(folder)) goFolders.set(folder, path);
  }
  const goModule = sources.find((source) => source.path === 'go.mod')?.text.match(/^module\s+(\S+)/m)?.[1];
  const pick = (candidates: readonly string[]): string | undefined =>
    candidates.find((candidate) => known.has(candidate));
  return (from, specifier, language) => {
    const folder = posix.dirname(from);
    switch (language) {
      case 'TypeScript':
      case 'JavaScript':
      case 'Vue': {
        if (!specifier.startsWith('.')) return undefined;
        const base = posix.join(folder, specifier.split(/[?#]/, 1)[0] as string);
        const bare = base.replace(/\.(?:m|c)?js$/, '');
        return pick([...scriptEndings.map((ending) => base + ending), ...scriptEndings.map((ending) => bare + ending)]);
      }
      case 'Python': {
        const dots = /^\.*/.exec(specifier)?.[0].length ?? 0;
        const rest = specifier.slice(dots).replaceAll('.', '/');
        const base = dots === 0 ? rest : posix.join(folder, '../'.repeat(dots - 1), rest);
        return (
          pick([`${base}.py`, `${base}/__init__.py`]) ??
          (dots === 0 && rest.includes('/') ? bySuffix.get(rest) : undefined)
        );
      }
      case 'Go': {
        if (goModule === undefined || !specifier.startsWith(`${goModule}/`)) return undefined;
        return goFolders.get(specifier.slice(goModule.length + 1));
      }
      case 'Rust': {
        if (!specifier.startsWith('crate::'))
          return pick([posix.join(folder, `${specifier}.rs`), posix.join(folder, specifier, 'mod.rs')]);
        const parts = specifier.split('::').slice(1);
        return pick([
          `src/${parts.join('/')}.rs`,
          `src/${parts.slice(0, -1).join('/')}.rs`,
          `src/${parts.join('/')}/mod.rs`,
        ]);
      }
      case 'Java':
      case 'Kotlin':
        return bySuffix.get(specifier.replaceAll('.', '/'));
      case 'C':
      case 'C++':
        return pick([posix.join(folder, specifier), specifier, `include/${specifier}`, `src/${specifier}`]);
      case 'Ruby':
        return pick([posix.join(folder, `${specifier}.rb`), posix.join(folder, specifier)]);
      default:
        return pick([posix.join(folder, specifier)]);
    }
  };
}

function packageName(specifier: string, language: string): string | undefined {
  if (language === 'TypeScript' || language === 'JavaScript' || language === 'Vue') {
    if (specifier.startsWith('.') || specifier.startsWith('/') || /\s/.test(specifier)) return undefined;
    const parts = specifier.split('/');
    return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0];
  }
  if (language === 'Python') return specifier.startsWith('.') ? undefined : specifier.split('.')[0];
  if (language === 'Go') return specifier.includes('.') ? specifier.split('/').slice(0, 3).join('/') : specifier;
  return undefined;
}

/** Strongly connected components of two and more files (Tarjan, 1972), without recursion, largest first. */
function cyclesOf(files: readonly string[], edges: readonly (readonly [number, number])[]): string[][] {
  const next = new Map<number, number[]>();
  for (const [from, to] of edges) {
    const list = next.get(from);
    if (list === undefined) next.set(from, [to]);
    else list.push(to);
  }
  const order = new Map<number, number>();
  const low = new Map<number, number>();
  const stack: number[] = [];
  const onStack = new Set<number>();
  const found: string[][] = [];
  for (let root = 0; root < files.length; root += 1) {
    if (order.has(root)) continue;
    const work: { readonly node: number; at: number }[] = [{ node: root, at: 0 }];
    while (work.length > 0) {
      const frame = work.at(-1) as { readonly node: number; at: number };
      const { node } = frame;
      if (frame.at === 0) {
        order.set(node, order.size);
        low.set(node, order.get(node) as number);
        stack.push(node);
        onStack.add(node);
      }
      const targets = next.get(node) ?? [];
      if (frame.at < targets.length) {
        const to = targets[frame.at] as number;
        frame.at += 1;
        if (!order.has(to)) work.push({ node: to, at: 0 });
        else if (onStack.has(to)) low.set(node, Math.min(low.get(node) as number, order.get(to) as number));
        continue;
      }
      work.pop();
      const parent = work.at(-1);
      if (parent !== undefined) low.set(parent.node, Math.min(low.get(parent.node) as number, low.get(node) as number));
      if (low.get(node) !== order.get(node)) continue;
      const component: string[] = [];
      for (;;) {
        const member = stack.pop() as number;
        onStack.delete(member);
        component.push(files[member] as string);
        if (member === node) break;
      }
      if (component.length > 1) found.push(component.toSorted());
    }
  }
  return found.toSorted((a, b) => b.length - a.length || ((a[0] as string) < (b[0] as string) ? -1 : 1));
}
