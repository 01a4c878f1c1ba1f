import { createHash } from 'node:crypto';
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { digest } from '@orc/cache';

/** A module, and all that it imports by a path of its own: what running it executes, apart from packages. */
export interface ModuleGraph {
  /** The digest of all of it; without the place it lies at, so that a copied folder keeps its keys. */
  readonly digest: string;
  /** The files with the digest of their bytes, the module itself first. */
  readonly files: ReadonlyMap<string, string>;
  /** The packages that it imports, each with its version. */
  readonly packages: readonly string[];
}

/** More files are no module of a task any more. */
const mostFiles = 5000;

/** What may import something. */
const codes = new Set(['.js', '.mjs', '.cjs', '.jsx', '.ts', '.mts', '.cts', '.tsx', '']);
/** Of a larger file, which is no code, the size and the time count. */
const mostBytes = 32_000_000;

/** Any text in quotes that begins as a path to a file beside this one does; too many cost a needless miss, too few a wrong hit. */
const paths = /["'`](\.\.?\/[^"'`\n\\]{1,500})["'`]/g;
/** The names of packages, where they are imported or required. */
const packages = /(?:\bfrom|\bimport|\brequire)\s{0,20}\(?\s{0,20}["']([@A-Za-z][^"'\n]{0,200})["']/g;

/**
 * Reads a module and what it imports by a path: `import`, `export … from`, `import()`, `require` and `new URL` of a text that stands there.
 * Packages count by name and version; a path that is put together when the module runs does not show.
 *
 * @throws what reading the module itself throws.
 */
export function readModuleGraph(href: string): ModuleGraph {
  // As Node does: what a linked module imports lies beside what the link leads to.
  const entry = realpathSync(fileURLToPath(href));
  const files = new Map<string, string>([[entry, '']]);
  const edges: string[] = [];
  // A map keeps the order of insertion, and what is added while it is walked is walked too.
  for (const file of files.keys()) {
    const found = statSync(file);
    if (found.size > mostBytes) {
      files.set(file, largeFile(found));
      continue;
    }
    const bytes = readFileSync(file);
    files.set(file, bytesDigest(bytes));
    if (!codes.has(extname(file))) continue;
    const text = bytes.toString('utf8');
    for (const [, path = ''] of text.matchAll(paths)) {
      const other = fileAt(dirname(file), path);
      if (other !== undefined && !files.has(other) && files.size < mostFiles) files.set(other, '');
    }
    for (const [, name = ''] of text.matchAll(packages)) edges.push(`${name}@${versionOf(dirname(file), name)}`);
  }
  const versions = [...new Set(edges)].toSorted();
  return { files, packages: versions, digest: digestOfGraph([...files.values()], versions) };
}

/** The digest of a module whose files hold this, and that imports these packages. */
export function digestOfGraph(files: readonly string[], imported: readonly string[]): string {
  return digest('orc.module/1', files, imported);
}

/** The first file of a graph that is not what it was any more. */
export async function moduleChanged({ files }: ModuleGraph): Promise<string | undefined> {
  const changed = await Promise.all(
    [...files].map(async ([file, known]) => {
      const now = await contentDigest(file).catch(() => undefined);
      return now === known ? undefined : file;
    }),
  );
  return changed.find((file) => file !== undefined);
}

async function contentDigest(file: string): Promise<string> {
  const found = await stat(file);
  return found.size > mostBytes ? largeFile(found) : bytesDigest(await readFile(file));
}

function bytesDigest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function largeFile({ size, mtimeMs }: { readonly size: number; readonly mtimeMs: number }): string {
  return `${size}@${mtimeMs}`;
}

function fileAt(folder: string, path: string): string | undefined {
  // As an URL, since that is what an import is: a query and escapes are no part of the file's name.
  let file: string;
  try {
    file = fileURLToPath(new URL(path, pathToFileURL(`${folder}/`)));
  } catch {
    file = resolve(folder, path);
  }
  // What is no regular file can't be imported, and may never end.
  return isFile(file) ? realpathSync(file) : undefined;
}

/** The version that stands in the nearest folder of packages that has this one; empty for a built-in or one that is not there. */
function versionOf(folder: string, specifier: string): string {
  if (specifier.startsWith('node:')) return '';
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  for (let at = folder; ; at = dirname(at)) {
    try {
      const manifest: unknown = JSON.parse(readFileSync(join(at, 'node_modules', name, 'package.json'), 'utf8'));
      const version = (manifest as { readonly version?: unknown } | null)?.version;
      return typeof version === 'string' ? version : '';
    } catch {
      if (dirname(at) === at) return '';
    }
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
