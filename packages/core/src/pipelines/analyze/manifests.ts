import { posix } from 'node:path';

import type { Scan } from './scan.ts';
import { sourceReader } from './source-reader.ts';

/** What a manifest says of a package. */
export interface Manifest {
  readonly path: string;
  readonly kind: string;
  readonly name: string | undefined;
  readonly dependencies: readonly string[];
  readonly scripts: readonly string[];
}

const kinds: Readonly<Record<string, string>> = {
  'package.json': 'npm',
  'pyproject.toml': 'Python',
  'Cargo.toml': 'Rust',
  'composer.json': 'PHP',
  'go.mod': 'Go',
};

/** Reads the manifests among the scanned files. What can't be parsed is named and left empty. */
export function readManifests(root: string, scan: Scan): Manifest[] {
  const read = sourceReader(root);
  return scan.files
    .filter((file) => kinds[posix.basename(file.path)] !== undefined)
    .slice(0, 200)
    .flatMap((file) => {
      const text = read(file.path);
      if (text === undefined) return [];
      const kind = kinds[posix.basename(file.path)] as string;
      if (file.path.endsWith('.json')) return [fromJson(file.path, kind, text)];
      return [kind === 'Go' ? fromGoMod(file.path, kind, text) : fromToml(file.path, kind, text)];
    });
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

// Names alone are wanted: the keys of dependency tables, or the first word of each string in a dependency list.
function fromToml(path: string, kind: string, text: string): Manifest {
  const dependencies = new Set<string>();
  let section = '';
  let list = false;
  for (const line of text.split('\n')) {
    const header = /^\s*\[+([^\]]+)\]+/.exec(line);
    if (header !== null) {
      section = header[1] as string;
      list = false;
      continue;
    }
    if (section.endsWith('dependencies')) {
      const key = /^\s*"?([\w.-]+)"?\s*=/.exec(line)?.[1];
      if (key !== undefined) dependencies.add(key);
    }
    if (/^\s*dependencies\s*=\s*\[/.test(line)) list = true;
    if (list) for (const match of line.matchAll(/["']([A-Za-z][\w.-]*)/g)) dependencies.add(match[1] as string);
    if (list && line.includes(']')) list = false;
  }
  return {
    path,
    kind,
    name: /^\s*name\s*=\s*["']([^"']+)/m.exec(text)?.[1],
    dependencies: [...dependencies].toSorted(),
    scripts: [],
  };
}

function fromGoMod(path: string, kind: string, text: string): Manifest {
  const required = [...text.matchAll(/^\s*(?:require\s+)?([\w.-]+\.[\w./-]+)\s+v\d/gm)].map(
    (match) => match[1] as string,
  );
  return {
    path,
    kind,
    name: /^module\s+(\S+)/m.exec(text)?.[1],
    dependencies: [...new Set(required)].toSorted(),
    scripts: [],
  };
}
