// Every regular expression of the packages' sources has to be linear in the length of what it looks at: foreign text
// reaches nearly all of them. `recheck` proves it, or shows an attack.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import ts from 'typescript';

import { allowances } from './regex-allowances.mjs';

// In this process and in plain JavaScript: neither a JVM nor a native build.
process.env.RECHECK_SYNC_BACKEND = 'pure';
const { checkSync } = await import('recheck');

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * The patterns of one source text: literals, and `new RegExp` of a fixed text. One whose text is put together at run
 * time can't be checked, and is found with `source: undefined`.
 *
 * @param {string} file
 * @param {string} text
 * @returns {{file: string, line: number, source: string | undefined, flags: string, shown: string}[]}
 */
export function patternsIn(file, text) {
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found = [];
  const add = (node, source, flags) =>
    found.push({
      file,
      line: tree.getLineAndCharacterOfPosition(node.getStart()).line + 1,
      source,
      flags,
      shown: node.getText(),
    });
  const visit = (node) => {
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/');
      add(node, node.text.slice(1, end), node.text.slice(end + 1));
    } else if (
      (ts.isNewExpression(node) || ts.isCallExpression(node)) &&
      node.expression.getText() === 'RegExp' &&
      node.arguments?.[0] !== undefined &&
      !ts.isRegularExpressionLiteral(node.arguments[0])
    ) {
      const [pattern, flags] = node.arguments;
      const fixed = ts.isStringLiteralLike(pattern) && (flags === undefined || ts.isStringLiteralLike(flags));
      add(node, fixed ? pattern.text : undefined, fixed ? (flags?.text ?? '') : '');
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

/** Every pattern of the packages' sources. */
export function patternsOfPackages() {
  const packages = join(root, 'packages');
  return readdirSync(packages)
    .flatMap((name) => sourcesIn(join(packages, name, 'src')))
    .flatMap((file) => patternsIn(relative(root, file).replaceAll('\\', '/'), readFileSync(file, 'utf8')));
}

function sourcesIn(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .toSorted();
}

/**
 * Whether a pattern is linear; otherwise why it is not, or that it could not be told.
 *
 * @param {string} source
 * @param {string} flags
 * @returns {string | undefined}
 */
export function problemOf(source, flags) {
  // The checker knows no `v`, which differs in sets that no source here uses; `d` changes no match.
  const known = flags.replace('v', 'u').replace('d', '');
  const verdict = checkSync(source, known, { timeout: 60_000 });
  if (verdict.status === 'safe') return undefined;
  if (verdict.status === 'vulnerable')
    return `${verdict.complexity.summary} on ${JSON.stringify(verdict.attack.pattern)}`;
  return `not decided (${verdict.error.kind})`;
}

/**
 * What is wrong with patterns, one line each; an allowance that no pattern needs any more is wrong too.
 *
 * @param {ReturnType<typeof patternsIn>} patterns
 * @param {typeof allowances} allowed
 * @param {(source: string, flags: string) => string | undefined} judge
 * @returns {string[]}
 */
export function complaintsOf(patterns, allowed = allowances, judge = problemOf) {
  const unused = new Set(allowed);
  const complaints = patterns.flatMap(({ file, line, source, flags, shown }) => {
    const own = allowed.filter((entry) => entry.file === file && shown.includes(entry.pattern));
    for (const entry of own) unused.delete(entry);
    if (own.length > 0) return [];
    const problem = source === undefined ? 'its text is put together at run time' : judge(source, flags);
    return problem === undefined ? [] : [`${file}:${line}: ${shown.slice(0, 120)}\n  ${problem}`];
  });
  return [
    ...complaints,
    ...[...unused].map(({ file, pattern }) => `${file}: no pattern holds ${pattern}: take its allowance away`),
  ];
}

/** Verdicts by pattern: the checker takes seconds for some, and says the same of each every time. */
function rememberingJudge() {
  const file = join(root, 'node_modules', '.cache', 'orc', 'regexes.json');
  /** @type {Record<string, string | null>} */
  let known = {};
  try {
    known = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // None yet, or one that was cut off.
  }
  mkdirSync(dirname(file), { recursive: true });
  return (source, flags) => {
    const key = `${flags}/${source}`;
    if (!Object.hasOwn(known, key)) {
      known[key] = problemOf(source, flags) ?? null;
      writeFileSync(file, JSON.stringify(known));
    }
    return known[key] ?? undefined;
  };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const patterns = patternsOfPackages();
  const complaints = complaintsOf(patterns, allowances, rememberingJudge());
  console.log(complaints.length === 0 ? `${patterns.length} regular expressions, all linear` : complaints.join('\n'));
  if (complaints.length > 0) process.exitCode = 1;
}
