import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

import type { Host } from '../host.ts';
import { didYouMean } from '../args/suggest.ts';
import { addressExpectation, isAddress, shownAddress } from './address.ts';
import { readDotenv } from './dotenv.ts';
import { resolvePaths, showPath, userPath, type Paths } from './paths.ts';
import { configError } from './problem.ts';
import { findProjectFile, projectFileName } from './project-file.ts';
import type { ProjectState } from './project-layer.ts';
import {
  defaultSettings,
  environmentName,
  isSettingKey,
  settingKeys,
  settingSpecs,
  type SettingKey,
  type Settings,
} from './settings.ts';

/** Where a value came from, weakest first. */
export type Layer = 'default' | 'user file' | 'project file' | 'environment' | 'flag';

/** Where the value of a setting came from. */
export interface Origin {
  /** The layer. */
  readonly layer: Layer;
  /** The file and line, the variable or the flag. */
  readonly source: string;
}

/** The configuration of one call. */
export interface Config {
  /** The values. */
  readonly settings: Settings;
  /** Where each came from. */
  readonly origins: ReadonlyMap<SettingKey, Origin>;
  /** Where things live. */
  readonly paths: Paths;
  /** The environment, with the `.env` file of the configuration folder below it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Things to say once: keys of version 1.0, a key written into a file. */
  readonly warnings: readonly string[];
  /** The files that were looked for, and whether they exist. */
  readonly files: readonly { readonly path: string; readonly exists: boolean; readonly layer: Layer }[];
  /** The project's file, when there is one. */
  readonly project?: ProjectState | undefined;
}

/** A value from a flag. */
export interface FlagSetting {
  /** The setting it sets. */
  readonly key: SettingKey;
  /** Its text. */
  readonly text: string;
  /** The flag as people write it. */
  readonly flag: string;
}

/** What loading may be told. */
export interface LoadOptions {
  /** A file that stands in for the user's file; it must exist. */
  readonly file?: string | undefined;
  /** Values from flags. */
  readonly flags?: readonly FlagSetting[];
  /** Where the search for a project's file starts; the working directory when left out. */
  readonly folder?: string | undefined;
}

/** Variables that start with `ORC_` and are no setting. */
const otherVariables: ReadonlySet<string> = new Set(['ORC_CONFIG', 'ORC_UI', 'ORC_CALLER_CWD']);

/**
 * Resolves the configuration: defaults < user file < project file < environment < flags.
 *
 * @throws ERR_CLI_CONFIG (exit code 3) with file, line and column of everything that is wrong.
 */
export async function loadConfig(host: Host, options: LoadOptions = {}): Promise<Config> {
  const paths = resolvePaths(host);
  const env = { ...readDotenv(paths.configDir), ...host.env };
  const values = new Map<SettingKey, unknown>();
  const origins = new Map<SettingKey, Origin>(
    settingKeys.map((key) => [key, { layer: 'default', source: 'built in' }]),
  );
  const warnings: string[] = [];
  const set = (key: SettingKey, value: unknown, layer: Layer, source: string): void => {
    values.set(key, value);
    origins.set(key, { layer, source });
  };

  const named = options.file ?? env['ORC_CONFIG'] ?? env['REFINER_CONFIG'];
  const userFile = named === undefined || named === '' ? paths.configFile : userPath(host, named);
  if (named !== undefined && named !== '' && !existsSync(userFile)) {
    throw configError([{ file: userFile, message: 'there is no such configuration file' }]);
  }
  const start = options.folder ?? host.cwd;
  const found = findProjectFile(host, start);
  // Whoever names a project's file with --config trusts it.
  const projectFile = found === userFile ? undefined : found;
  const files: Config['files'] = [
    { path: userFile, exists: existsSync(userFile), layer: 'user file' },
    { path: projectFile ?? join(start, projectFileName), exists: projectFile !== undefined, layer: 'project file' },
  ];
  let project: ProjectState | undefined;
  for (const { path, exists, layer } of files) {
    if (!exists) continue;
    const { readConfigFile } = await import('./read-file.ts');
    const file = readConfigFile(path);
    if (file === undefined) continue;
    if (file.legacy.length > 0) {
      const { legacyWarning } = await import('./legacy.ts');
      warnings.push(legacyWarning(showPath(host, path), file.legacy));
    }
    if (layer === 'project file') {
      const { projectLayer } = await import('./project-layer.ts');
      const judged = projectLayer(host, file, settingsOf(values));
      project = judged.state;
      warnings.push(...judged.warnings);
      for (const [key, { value, line }] of judged.allowed) set(key, value, layer, `${path}:${line}`);
      continue;
    }
    for (const [key, { value, line }] of file.settings) {
      const absolute =
        settingSpecs[key].kind === 'path' && value !== '' ? userPath(host, String(value), dirname(path)) : value;
      set(key, expand(key, absolute, env, path, line), layer, `${path}:${line}`);
      if (literalKeys(key, value)) {
        warnings.push(
          `${path}:${line}: the file holds a literal API key; write "\${NAME_OF_A_VARIABLE}" and keep the key in the environment`,
        );
      }
    }
    if (file.legacy.length > 0) {
      const { legacyKey } = await import('./legacy.ts');
      const key = legacyKey(values.get('ai.model'), env);
      if (key !== undefined && (values.get('ai.api_key') ?? '') === '') {
        set('ai.api_key', key, 'environment', 'OPENAI_API_KEY');
        warnings.push(
          "the key of Anthropic is read from OPENAI_API_KEY, as in version 1.0; today's name is ANTHROPIC_API_KEY",
        );
      }
    }
  }
  await fromEnvironment(host, env, set, warnings);
  await fromFlags(host, options.flags ?? [], set);
  if (project !== undefined) {
    const { refusedWarning } = await import('./project-layer.ts');
    const decided = (key: SettingKey): boolean => ['environment', 'flag'].includes(origins.get(key)?.layer ?? '');
    const refused = refusedWarning(host, project, decided);
    if (refused !== undefined) warnings.push(refused);
  }
  return {
    settings: settingsOf(values),
    origins,
    paths,
    env,
    warnings,
    files,
    ...(project === undefined ? {} : { project }),
  };
}

function settingsOf(values: ReadonlyMap<SettingKey, unknown>): Settings {
  return Object.freeze({ ...defaultSettings, ...Object.fromEntries(values) });
}

/** Whether a value holds a key as it is, and not the name of a variable. */
function literalKeys(key: SettingKey, value: unknown): boolean {
  const literal = (text: string | undefined): boolean => text !== undefined && text !== '' && !text.includes('${');
  if (key === 'ai.api_key') return typeof value === 'string' && literal(value);
  if (key !== 'ai.providers') return false;
  return Object.values(value as Settings['ai.providers']).some(({ api_key }) => literal(api_key));
}

/** Replaces `${NAME}` by the variable's value. */
function expand(key: SettingKey, value: unknown, env: Config['env'], file: string, line: number): unknown {
  if (typeof value !== 'string' || !value.includes('${')) return value;
  const expanded = value.replaceAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, name: string) => {
    const found = Object.hasOwn(env, name) ? env[name] : undefined;
    if (found !== undefined) return found;
    // A missing key is told when a model needs it; any other missing value is a mistake now.
    if (settingSpecs[key].secret === true) return '';
    throw configError([
      { file, line, column: 1, message: `\`${key}\` refers to the variable ${name}, which is not set` },
    ]);
  });
  const { kind, schemes = [] } = settingSpecs[key];
  if (kind === 'address' && !isAddress(expanded, schemes)) {
    const message = `expected \`${key}\` to be ${addressExpectation(schemes)}, got something else from its variable`;
    throw configError([{ file, line, column: 1, message }]);
  }
  return expanded;
}

async function fromEnvironment(
  host: Host,
  env: Config['env'],
  set: (key: SettingKey, value: unknown, layer: Layer, source: string) => void,
  warnings: string[],
): Promise<void> {
  const old: Readonly<Record<string, SettingKey>> = {
    REFINER_OUTPUT_DIR: 'paths.output_dir',
    REFINER_LOG_LEVEL: 'log.level',
  };
  const used: string[] = [];
  for (const [variable, key] of Object.entries(old)) {
    const text = env[variable];
    if (text === undefined || text === '') continue;
    used.push(variable);
    set(key, await parsed(host, key, text, variable), 'environment', variable);
  }
  if (used.length > 0) {
    warnings.push(
      `${used.join(', ')}: read as in version 1.0; today's names are ${used.map((name) => environmentName(old[name] ?? 'log.level')).join(', ')}`,
    );
  }
  for (const key of settingKeys) {
    const variable = environmentName(key);
    const text = env[variable];
    if (text === undefined || text === '') continue;
    set(key, await parsed(host, key, text, variable), 'environment', variable);
  }
  const names = settingKeys.map(environmentName);
  for (const variable of Object.keys(env)) {
    if (!variable.startsWith('ORC_') || otherVariables.has(variable) || names.includes(variable)) continue;
    const hint = didYouMean(variable, names);
    if (hint !== '') warnings.push(`the variable ${variable} has no meaning; ${hint}`);
  }
}

async function fromFlags(
  host: Host,
  flags: readonly FlagSetting[],
  set: (key: SettingKey, value: unknown, layer: Layer, source: string) => void,
): Promise<void> {
  for (const { key, text, flag } of flags) {
    if (!isSettingKey(key)) continue;
    set(key, await parsed(host, key, text, flag), 'flag', flag);
  }
}

async function parsed(host: Host, key: SettingKey, text: string, source: string): Promise<unknown> {
  const { kind, schemes = [] } = settingSpecs[key];
  // The common plain kinds need no schema library, which takes longer to load than a cached run.
  if (kind === 'text') return text;
  if (kind === 'address' && isAddress(text, schemes)) return text;
  if (kind === 'path') return text === '' ? '' : userPath(host, text);
  const { parseText } = await import('./value.ts');
  const result = parseText(key, text);
  if (result.ok) return result.value;
  const { wrongValue } = await import('./read-file.ts');
  const problem = wrongValue(key, text, result);
  if (source.startsWith('-')) {
    const { usageError } = await import('../errors.ts');
    const got =
      settingSpecs[key].secret === true ? 'something else' : `\`${kind === 'address' ? shownAddress(text) : text}\``;
    throw usageError(`expected ${source} to be ${result.expected}, got ${got}`, problem.hint);
  }
  throw configError([{ file: source, ...problem }]);
}
