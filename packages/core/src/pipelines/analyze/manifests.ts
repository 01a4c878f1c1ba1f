import { posix } from 'node:path';

import { parse } from 'smol-toml';

import type { Scan } from './scan.ts';
import { SourceReader, type ChangedFiles } from './source-reader.ts';

/** What a manifest says of a package. */
export interface Manifest {
  readonly path: string;
  readonly kind: string;
  readonly name: string | undefined;
  readonly dependencies: readonly string[];
  readonly scripts: readonly string[];
}

/** The manifests of a codebase. */
export interface FoundManifests extends ChangedFiles {
  readonly manifests: readonly Manifest[];
}

const kinds = new Map([
  ['package.json', 'npm'],
  ['pyproject.toml', 'Python'],
  ['Cargo.toml', 'Rust'],
  ['composer.json', 'PHP'],
  ['go.mod', 'Go'],
]);

/** Reads the manifests among the scanned files. What can't be parsed is named and left empty. */
export function readManifests(root: string, scan: Scan): FoundManifests {
  const reader = new SourceReader({ root, files: scan.files });
  const manifests = scan.files
    .filter((file) => kinds.has(posix.basename(file.path)))
    .slice(0, 200)
    .flatMap((file) => {
      const text = reader.read(file.path);
      return text === undefined ? [] : [readManifest(file.path, text)];
    });
  return { manifests, changed: reader.changed };
}

/**
 * Reads one manifest; its name says of which kind it is.
 * @public
 */
export function readManifest(path: string, text: string): Manifest {
  const kind = kinds.get(posix.basename(path)) ?? 'unknown';
  if (path.endsWith('.json')) return fromJson(path, kind, text);
  return kind === 'Go' ? fromGoMod(path, kind, text) : fromToml(path, kind, text);
}

function fromJson(path: string, kind: string, text: string): Manifest {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { path, kind, name: undefined, dependencies: [], scripts: [] };
  }
  const fields = typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  const keys = (name: string): string[] =>
    typeof fields[name] === 'object' && fields[name] !== null ? Object.keys(fields[name]) : [];
  return {
    path,
    kind,
    name: typeof fields['name'] === 'string' ? fields['name'] : undefined,
    dependencies: [...new Set([...keys('dependencies'), ...keys('devDependencies'), ...keys('require')])].toSorted(),
    scripts: keys('scripts'),
  };
}

function fromToml(path: string, kind: string, text: string): Manifest {
  const document = tomlOf(text);
  const names = ['project', 'package', 'tool.poetry'].map((table) => tableAt(document, table)['name']);
  return {
    path,
    kind,
    name: names.find((name) => typeof name === 'string'),
    dependencies: [...dependenciesIn(document)].toSorted(),
    scripts: [],
  };
}

type Table = Readonly<Record<string, unknown>>;

function tomlOf(text: string): Table {
  try {
    return parse(text);
  } catch {
    return {};
  }
}

const isTable = (value: unknown): value is Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

function tableAt(document: Table, path: string): Table {
  let table = document;
  for (const part of path.split('.')) {
    const next = Object.hasOwn(table, part) ? table[part] : undefined;
    table = isTable(next) ? next : {};
  }
  return table;
}

/** The names in every table and list of dependencies: `dependencies`, `dev-dependencies`, those of a group or a target. */
function dependenciesIn(document: Table): Set<string> {
  const names = new Set<string>();
  const left: Table[] = [document];
  for (let table = left.pop(); table !== undefined; table = left.pop()) {
    for (const [key, value] of Object.entries(table)) {
      if (!key.endsWith('dependencies')) {
        if (isTable(value)) left.push(value);
      } else if (Array.isArray(value)) {
        for (const name of namesIn(value)) names.add(name);
      } else if (isTable(value)) {
        // Of optional ones each member is a list by itself.
        for (const [name, wanted] of Object.entries(value))
          for (const one of Array.isArray(wanted) && key === 'optional-dependencies' ? namesIn(wanted) : [name])
            names.add(one);
      }
    }
  }
  return names;
}

/** The name that each requirement begins with: `requests[socks]>=2` is `requests`. */
function namesIn(list: readonly unknown[]): string[] {
  return list.flatMap((entry) => (typeof entry === 'string' ? (/^[A-Za-z][\w.-]*/.exec(entry)?.[0] ?? []) : []));
}

function fromGoMod(path: string, kind: string, text: string): Manifest {
  const lines = text.split('\n').map((line) => line.trim().split(/\s+/, 3));
  const required = lines.flatMap(([first, second, third]) => {
    const [name = '', version = ''] = first === 'require' ? [second, third] : [first, second];
    // A module begins with a host.
    return /^[\w./-]+$/.test(name) && name.split('/', 1)[0]?.includes('.', 1) === true && /^v\d/.test(version)
      ? [name]
      : [];
  });
  return {
    path,
    kind,
    name: lines.find(([first]) => first === 'module')?.[1],
    dependencies: [...new Set(required)].toSorted(),
    scripts: [],
  };
}
