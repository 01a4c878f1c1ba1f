import { availableParallelism } from 'node:os';

import { settingSpecs, type SettingKey, type Settings } from './settings.ts';

/**
 * What a project's file may say about a setting: `any` value; a `stricter` one than holds without it, and any once the user has trusted the file; or nothing until the user has
 * `trusted` it.
 */
export type ProjectRule = 'any' | 'stricter' | 'trusted';

/**
 * All that a project's file may ever set. What is not named here is the user's alone: where keys and prompts go, what is run, which files outside of the project are read and
 * written. Nobody should be able to allow that with one yes.
 */
const rules: Partial<Readonly<Record<SettingKey, ProjectRule>>> = {
  'performance.enabled': 'stricter',
  'performance.cache.ttl': 'stricter',
  'performance.cache.max_size': 'stricter',
  'performance.cache.file.enabled': 'stricter',
  // The folder is that of all projects: a small bound would remove the results of the others.
  'performance.cache.file.ttl': 'trusted',
  'performance.cache.file.max_bytes': 'trusted',
  'performance.concurrency.max_workers': 'stricter',
  'performance.concurrency.buffer_size': 'stricter',
  'performance.prefetch': 'stricter',
  'ai.model': 'stricter',
  'ai.timeout': 'stricter',
  'ai.prices': 'trusted',
  'limits.max_retries': 'stricter',
  'limits.phase_timeout': 'stricter',
  'limits.total_timeout': 'stricter',
  'limits.requests_per_minute': 'stricter',
  'limits.tokens_per_minute': 'stricter',
  'limits.budget_usd': 'stricter',
  'paths.output_dir': 'trusted',
  'log.level': 'any',
  'log.format': 'any',
  'metrics.port': 'trusted',
  'distributed.preset': 'trusted',
};

/** What 0 stands for where it is no number like the others. */
const zero: Partial<Readonly<Record<SettingKey, () => number>>> = {
  'performance.concurrency.max_workers': () => 2 * availableParallelism(),
  'ai.timeout': () => 120_000,
  'limits.phase_timeout': () => Number.POSITIVE_INFINITY,
  'limits.total_timeout': () => Number.POSITIVE_INFINITY,
  'limits.requests_per_minute': () => Number.POSITIVE_INFINITY,
  'limits.tokens_per_minute': () => Number.POSITIVE_INFINITY,
  'limits.budget_usd': () => Number.POSITIVE_INFINITY,
};

/** The rule of a setting; `undefined` where a project's file may say nothing about it, trusted or not. */
export function projectRule(key: SettingKey): ProjectRule | undefined {
  return Object.hasOwn(rules, key) ? rules[key] : undefined;
}

/** The rule in words, for the documentation. */
export function projectRuleText(key: SettingKey): string {
  const rule = projectRule(key);
  switch (rule) {
    case undefined:
      return 'no';
    case 'any':
      return 'yes';
    case 'trusted':
      return 'if trusted';
    case 'stricter':
      return key === 'ai.model' ? '`offline/…`' : settingSpecs[key].kind === 'boolean' ? '`false`' : 'lower';
  }
}

/** Whether a value is at least as strict as the one that holds without it. */
export function isStricter(key: SettingKey, value: unknown, present: Settings[SettingKey]): boolean {
  const { kind, choices = [] } = settingSpecs[key];
  switch (kind) {
    case 'boolean':
      return value === false;
    case 'choice':
      return choices.indexOf(String(value)) <= choices.indexOf(present as string);
    case 'text':
      // The built-in model costs nothing and leaves nothing.
      return typeof value === 'string' && value.startsWith('offline/');
    case 'integer':
    case 'number':
    case 'duration':
    case 'size':
      return amount(key, value) <= amount(key, present);
    case 'path':
    case 'address':
    case 'prices':
    case 'commands':
    case 'providers':
      return false;
  }
}

function amount(key: SettingKey, value: unknown): number {
  return value === 0 ? (zero[key]?.() ?? 0) : Number(value);
}
