import { defaultSeed } from '../run/default-seed.ts';
import { inSection, type FlagSpec } from './flag-spec.ts';

/** Flags that every command takes. */
export const globalFlags: readonly FlagSpec[] = inSection('Everywhere', [
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
]);

/** Flags of what runs a pipeline. */
export const runFlags: readonly FlagSpec[] = [
  ...inSection('The work', [
    {
      name: 'model',
      short: 'm',
      value: 'NAME',
      doc: 'the model, provider/model (`orc models` lists them)',
      setting: 'ai.model',
      complete: 'model',
    },
    {
      name: 'pipeline',
      value: 'NAME',
      doc: 'a built-in pipeline, a YAML file or a module (default: chosen by the request)',
      complete: 'pipeline',
    },
    { name: 'input', value: 'DIR', doc: 'the folder that the pipeline reads (default: this one)', complete: 'folder' },
    { name: 'option', value: 'KEY=VALUE', repeatable: true, doc: "an option of the pipeline's own; may be repeated" },
    { name: 'words', value: 'N', doc: 'the word target (default: what the request says)' },
    { name: 'seed', value: 'N', doc: `another seed, another result (default ${defaultSeed})` },
    { name: 'resume', value: 'ID', doc: 'go on with a session, as `orc resume ID`', complete: 'session' },
    { name: 'trust-session', doc: 'go on with a session that was not made here without asking' },
    { name: 'dry-run', doc: 'only plan, as `orc plan`' },
  ]),
  ...inSection('Speed', [
    {
      name: 'optimized',
      off: 'one task after the other, without cache and prefetching',
      doc: 'cache, parallelism and prefetching (on by default)',
      setting: 'performance.enabled',
    },
    {
      name: 'concurrency',
      short: 'j',
      value: 'N',
      doc: 'the most tasks at once (default 0: twice the cores)',
      setting: 'performance.concurrency.max_workers',
    },
    { name: 'cache', off: 'neither read nor write the cache', doc: 'read and write the cache (on by default)' },
    { name: 'fresh', doc: 'do not read the cache, but write it' },
    {
      name: 'prefetch',
      value: 'MODE',
      doc: 'off, known or speculative (default known)',
      setting: 'performance.prefetch',
      choices: ['off', 'known', 'speculative'],
    },
    {
      name: 'redis',
      value: 'URL',
      doc: 'share the work with `orc worker`s through this Redis server',
      setting: 'distributed.redis_url',
    },
  ]),
  ...inSection('Limits', [
    {
      name: 'budget-usd',
      value: 'USD',
      doc: 'stop before the run costs more (default 0: no limit)',
      setting: 'limits.budget_usd',
    },
  ]),
  ...inSection('Output', [
    {
      name: 'output',
      short: 'o',
      value: 'DIR',
      doc: "copy the run's files to DIR",
      setting: 'paths.output_dir',
      complete: 'folder',
    },
    {
      name: 'output-format',
      value: 'FORMAT',
      doc: 'what stdout gets: text, json or stream-json (default text)',
      choices: ['text', 'json', 'stream-json'],
    },
    {
      name: 'ui',
      value: 'MODE',
      doc: 'how progress is shown: auto, live, plain or none (default auto)',
      choices: ['auto', 'live', 'plain', 'none'],
    },
  ]),
  ...inSection('Logs and metrics', [
    {
      name: 'log-level',
      value: 'LEVEL',
      doc: 'debug, info, warn or error (default info)',
      setting: 'log.level',
      choices: ['debug', 'info', 'warn', 'error'],
    },
    {
      name: 'log-format',
      value: 'FORMAT',
      doc: 'text or json (default text)',
      setting: 'log.format',
      choices: ['text', 'json'],
    },
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
  ]),
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
