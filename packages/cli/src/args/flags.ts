import type { SettingKey } from '../config/settings.ts';

/** A flag of the command line. The parser, the help, the completions and the table in the documentation come from this. */
export interface FlagSpec {
  /** Its long name, without dashes. */
  readonly name: string;
  /** Its one-letter name. */
  readonly short?: string;
  /** The name of its value in the help; a flag without one is a boolean. */
  readonly value?: string;
  /** Whether `--no-NAME` exists (a boolean that is on by default). */
  readonly negatable?: boolean;
  /** Whether it may be given several times. */
  readonly repeatable?: boolean;
  /** What it does, one line. */
  readonly doc: string;
  /** The setting it sets. */
  readonly setting?: SettingKey;
  /** The words its value may be. */
  readonly choices?: readonly string[];
  /** What completes its value. */
  readonly complete?: 'file' | 'folder' | 'model' | 'pipeline' | 'session';
}

/** Flags that every command takes. */
export const globalFlags: readonly FlagSpec[] = [
  { name: 'config', value: 'FILE', doc: "read FILE instead of the user's configuration", complete: 'file' },
  {
    name: 'verbose',
    short: 'v',
    doc: 'tell more: cache, times, workers, memory, retries, the strategy and its reason',
  },
  { name: 'quiet', short: 'q', doc: 'no progress, only errors' },
  { name: 'color', value: 'WHEN', doc: 'colours: auto, always or never', choices: ['auto', 'always', 'never'] },
  { name: 'help', short: 'h', doc: 'show help' },
  { name: 'version', short: 'V', doc: 'show the version' },
];

/** Flags of what runs a pipeline. */
export const runFlags: readonly FlagSpec[] = [
  {
    name: 'optimized',
    negatable: true,
    doc: 'cache, parallelism and prefetching (on by default)',
    setting: 'performance.enabled',
  },
  {
    name: 'concurrency',
    short: 'j',
    value: 'N',
    doc: 'the most tasks at once, 0 = twice the cores',
    setting: 'performance.concurrency.max_workers',
  },
  {
    name: 'output',
    short: 'o',
    value: 'DIR',
    doc: "copy the run's files to DIR",
    setting: 'paths.output_dir',
    complete: 'folder',
  },
  { name: 'resume', value: 'ID', doc: 'go on with a session, as `orc resume ID`', complete: 'session' },
  {
    name: 'model',
    short: 'm',
    value: 'NAME',
    doc: 'the model, provider/model',
    setting: 'ai.model',
    complete: 'model',
  },
  {
    name: 'pipeline',
    value: 'NAME',
    doc: 'a built-in pipeline, a YAML file or a module (default: chosen by the request)',
    complete: 'pipeline',
  },
  { name: 'input', value: 'DIR', doc: 'the folder that the pipeline reads', complete: 'folder' },
  { name: 'option', value: 'KEY=VALUE', repeatable: true, doc: "an option of the pipeline's own" },
  { name: 'words', value: 'N', doc: 'the word target' },
  { name: 'seed', value: 'N', doc: 'another seed, another result (default 0)' },
  { name: 'fresh', doc: 'do not read the cache, but write it' },
  { name: 'cache', negatable: true, doc: 'read and write the cache (on by default)' },
  {
    name: 'prefetch',
    value: 'MODE',
    doc: 'off, known or speculative',
    setting: 'performance.prefetch',
    choices: ['off', 'known', 'speculative'],
  },
  { name: 'budget-usd', value: 'USD', doc: 'stop before the run costs more', setting: 'limits.budget_usd' },
  {
    name: 'redis',
    value: 'URL',
    doc: 'share the work with `orc worker`s through this Redis server',
    setting: 'distributed.redis_url',
  },
  { name: 'ui', value: 'MODE', doc: 'auto, live, plain or none', choices: ['auto', 'live', 'plain', 'none'] },
  {
    name: 'output-format',
    value: 'FORMAT',
    doc: 'text, json or stream-json on stdout',
    choices: ['text', 'json', 'stream-json'],
  },
  {
    name: 'log-level',
    value: 'LEVEL',
    doc: 'debug, info, warn or error',
    setting: 'log.level',
    choices: ['debug', 'info', 'warn', 'error'],
  },
  { name: 'log-format', value: 'FORMAT', doc: 'text or json', setting: 'log.format', choices: ['text', 'json'] },
  { name: 'log-file', value: 'FILE', doc: 'write the log to FILE too', setting: 'log.file', complete: 'file' },
  {
    name: 'metrics-port',
    value: 'PORT',
    doc: 'serve Prometheus metrics on loopback while it runs',
    setting: 'metrics.port',
  },
  {
    name: 'metrics-file',
    value: 'FILE',
    doc: 'write Prometheus metrics to FILE at the end',
    setting: 'metrics.file',
    complete: 'file',
  },
  { name: 'dry-run', doc: 'only plan, as `orc plan`' },
];

/** Some of the flags of what runs a pipeline. */
export function pickFlags(...names: readonly string[]): readonly FlagSpec[] {
  return runFlags.filter((flag) => names.includes(flag.name));
}

/** The flags of what runs a pipeline but some. */
export function flagsWithout(...names: readonly string[]): readonly FlagSpec[] {
  return runFlags.filter((flag) => !names.includes(flag.name));
}

/** The flags of what only plans. */
export const planFlags: readonly FlagSpec[] = pickFlags(
  'optimized',
  'concurrency',
  'model',
  'pipeline',
  'input',
  'option',
  'words',
  'seed',
  'fresh',
  'cache',
  'budget-usd',
  'redis',
);

/** The names of {@link otherFlags}. */
export type OtherFlag =
  | 'json'
  | 'showOrigin'
  | 'olderThan'
  | 'open'
  | 'format'
  | 'to'
  | 'project'
  | 'diagram'
  | 'limit'
  | 'phase'
  | 'schema';

/** Flags of single commands. */
export const otherFlags: Readonly<Record<OtherFlag, FlagSpec>> = {
  json: { name: 'json', doc: 'print JSON' },
  showOrigin: { name: 'show-origin', doc: 'tell where each value comes from' },
  olderThan: { name: 'older-than', value: 'AGE', doc: 'only what was last touched longer ago, for example 7d' },
  open: { name: 'open', doc: 'open the report in a browser' },
  format: {
    name: 'format',
    value: 'FORMAT',
    doc: 'html, markdown, chrome-trace or json',
    choices: ['html', 'markdown', 'chrome-trace', 'json'],
  },
  to: { name: 'to', value: 'FILE', doc: 'write to FILE, `-` = stdout', complete: 'file' },
  project: { name: 'project', doc: "the project's .orc.yaml instead of the user's file" },
  diagram: { name: 'diagram', value: 'FORMAT', doc: 'tree, mermaid or dot', choices: ['tree', 'mermaid', 'dot'] },
  limit: { name: 'limit', short: 'n', value: 'N', doc: 'show at most N' },
  phase: { name: 'phase', value: 'ID', doc: 'only this phase' },
  schema: { name: 'schema', doc: 'print the JSON Schema' },
};

/** All flags by long name; where two commands share a name they share its form. */
export const allFlags: ReadonlyMap<string, FlagSpec> = new Map(
  [...globalFlags, ...runFlags, ...Object.values(otherFlags)].map((flag) => [flag.name, flag]),
);

/** Long names by one-letter name. */
export const shortFlags: ReadonlyMap<string, FlagSpec> = new Map(
  [...allFlags.values()].flatMap((flag) => (flag.short === undefined ? [] : [[flag.short, flag] as const])),
);
