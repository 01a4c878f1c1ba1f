import { LineCounter, isMap, isNode, isScalar, parseDocument, type Document, type Node, type YAMLMap } from 'yaml';

import { didYouMean } from '../args/suggest.ts';
import { messageOf } from '../errors.ts';
import { shownAddress } from './address.ts';
import { systemReason } from '../system-error.ts';
import { configError, type ConfigProblem } from './problem.ts';
import { adaptLegacy, keyNode, type LegacyNote } from './legacy.ts';
import { readPlainFile } from './plain-file.ts';
import { isSettingKey, settingKeys, settingSpecs, type SettingKey } from './settings.ts';
import { parseValue } from './value.ts';

/** A setting as a file gives it. */
export interface FileSetting {
  /** Its resolved value. */
  readonly value: unknown;
  /** The line it stands on, from 1. */
  readonly line: number;
  /** The column it starts at, from 1. */
  readonly column: number;
}

/** A configuration file, read and checked. */
export interface ConfigFile {
  /** Its path. */
  readonly path: string;
  /** Its text. */
  readonly text: string;
  /** What it says. */
  readonly settings: ReadonlyMap<SettingKey, FileSetting>;
  /** What was done to keys of version 1.0. */
  readonly legacy: readonly LegacyNote[];
}

/**
 * Reads a configuration file; `undefined` when there is none.
 *
 * @throws ERR_CLI_CONFIG with every problem of the file, each with its line and column.
 */
export function readConfigFile(path: string): ConfigFile | undefined {
  let text: string | undefined;
  try {
    text = readPlainFile(path);
  } catch (error) {
    throw configError([{ file: path, message: `cannot be read: ${systemReason(error)}` }]);
  }
  return text === undefined ? undefined : parseConfig(path, text);
}

/** Reads the text of a configuration file. */
export function parseConfig(path: string, text: string): ConfigFile {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    // Its warnings go to stderr by way of the process, past the views.
    logLevel: 'error',
  });
  const place = (offset: number | undefined): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset ?? 0);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  if (document.errors.length > 0) {
    throw configError(
      document.errors.slice(0, 5).map((error) => ({
        file: path,
        ...place(error.pos[0]),
        message: /call stack/.test(error.message) ? 'it is nested too deeply' : error.message,
      })),
    );
  }
  const settings = new Map<SettingKey, FileSetting>();
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null))
    return { path, text, settings, legacy: [] };
  if (!isMap(document.contents)) {
    throw configError([
      {
        file: path,
        ...place(document.contents.range?.[0]),
        message: 'expected a map of settings',
        hint: 'see `orc config list`',
      },
    ]);
  }
  const legacy = adaptLegacy(document);
  const problems: ConfigProblem[] = [];
  walk(
    document.contents,
    [],
    (key, node) => {
      const position = place(node.range?.[0]);
      let raw: unknown;
      try {
        raw = node.toJS(document);
      } catch (error) {
        problems.push({ file: path, ...position, message: `\`${key}\` cannot be read: ${messageOf(error)}` });
        return;
      }
      const parsed = parseValue(key, raw);
      if (parsed.ok) settings.set(key, { value: parsed.value, ...position });
      else
        problems.push({
          file: path,
          ...place(nodeAt(document, key, parsed.path)?.range?.[0] ?? node.range?.[0]),
          ...wrongValue(key, raw, parsed),
        });
    },
    (message, node, hint) => problems.push({ file: path, ...place(node?.range?.[0]), message, hint }),
  );
  if (problems.length > 0) throw configError(problems);
  return { path, text, settings, legacy };
}

/** What is wrong with a value, in words. Secrets are never repeated. */
export function wrongValue(
  key: SettingKey,
  raw: unknown,
  parsed: { readonly expected: string; readonly suggestion: string; readonly path: readonly PropertyKey[] },
): { readonly message: string; readonly hint: string } {
  const { kind, secret } = settingSpecs[key];
  const open = kind === 'address' && typeof raw === 'string' ? shownAddress(raw) : raw;
  const shown =
    secret === true ? 'something else' : `\`${shorten(JSON.stringify(open) ?? String(open))}\` (${kindOf(raw)})`;
  const inside = parsed.path.length > 0 ? ` (wrong at \`${parsed.path.map(String).join('.')}\`)` : '';
  return { message: `expected \`${key}\` to be ${parsed.expected}, got ${shown}${inside}`, hint: parsed.suggestion };
}

function walk(
  map: YAMLMap,
  prefix: readonly string[],
  setting: (key: SettingKey, node: Node) => void,
  wrong: (message: string, node: Node | undefined, hint: string) => void,
): void {
  for (const pair of map.items) {
    const name = isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
    const path = [...prefix, name];
    const dotted = path.join('.');
    const value = isNode(pair.value) ? pair.value : undefined;
    if (isSettingKey(dotted)) {
      // `key:` with nothing behind it means: not set here.
      if (value !== undefined && !(isScalar(value) && value.value === null)) setting(dotted, value);
    } else if (settingKeys.some((key) => key.startsWith(`${dotted}.`))) {
      if (isMap(value)) walk(value, path, setting, wrong);
      else if (value !== undefined && !(isScalar(value) && value.value === null)) {
        wrong(`\`${dotted}\` is a group of settings, not one`, keyNode(map, name), 'write its settings below it');
      }
    } else {
      wrong(`unknown key \`${dotted}\``, keyNode(map, name), didYouMean(dotted, candidates(prefix)));
    }
  }
}

/** What could have been meant at this place: the names beside it first, then every key. */
function candidates(prefix: readonly string[]): readonly string[] {
  const here = prefix.length === 0 ? '' : `${prefix.join('.')}.`;
  const beside = settingKeys
    .filter((key) => key.startsWith(here))
    .map((key) => here + (key.slice(here.length).split('.')[0] ?? ''));
  return [...new Set([...beside, ...settingKeys])];
}

function nodeAt(document: Document, key: SettingKey, path: readonly PropertyKey[]): Node | undefined {
  const node: unknown = document.getIn([...key.split('.'), ...path.map(String)], true);
  return isNode(node) ? node : undefined;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'list' : typeof value === 'object' ? 'map' : typeof value;
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
