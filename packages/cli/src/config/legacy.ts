import { isMap, isPair, isScalar, type Document, type Node } from 'yaml';

import { setIn } from './set-in.ts';

/** What happened to a key of a version 1.0 file. */
export interface LegacyNote {
  /** The dotted path in the file. */
  readonly path: string;
  /** Where its value went, or why it has no effect. */
  readonly what: string;
  /** Whether it has no effect. */
  readonly ignored: boolean;
}

const ignored: Readonly<Record<string, string>> = {
  'paths.prompts': 'prompts belong to pipelines now',
  'features.enable_checkpointing': 'every run is checkpointed',
  'features.debug_mode': 'use `log.level: debug`',
  'limits.max_concurrent_writers': 'use `performance.concurrency.max_workers`',
  verification: 'results are always validated',
  plugins: 'pipelines are files and modules now',
};

/** Rewrites what a version 1.0 file says into today's keys, in place, and tells what it did. Positions in the file are kept. */
export function adaptLegacy(document: Document): readonly LegacyNote[] {
  const notes: LegacyNote[] = [];
  const root = document.contents;
  if (!isMap(root)) return notes;
  for (const [path, why] of Object.entries(ignored)) {
    const keys = path.split('.');
    if (!document.hasIn(keys)) continue;
    document.deleteIn(keys);
    notes.push({ path, what: `has no effect: ${why}`, ignored: true });
  }
  const move = (from: string, to: string): void => {
    const node = document.getIn(from.split('.'), true) as Node | undefined;
    if (node === undefined) return;
    document.deleteIn(from.split('.'));
    notes.push({ path: from, what: `read as \`${to}\``, ignored: false });
    // What is no map stands in the way, and is told with its place when the file is read.
    if (!document.hasIn(to.split('.'))) setIn(document, to.split('.'), node);
  };
  move('features.enable_caching', 'performance.cache.file.enabled');
  move('features.cache_ttl', 'performance.cache.ttl');
  const features = document.getIn(['features'], true);
  if (isMap(features) && features.items.length === 0) document.deleteIn(['features']);
  adaptModel(document, notes);
  return notes;
}

/** Version 1.0 wrote the timeout in seconds, bare model names, and the provider's standard address. */
function adaptModel(document: Document, notes: LegacyNote[]): void {
  const timeout = document.getIn(['ai', 'timeout'], true);
  if (isScalar(timeout) && typeof timeout.value === 'number') {
    notes.push({ path: 'ai.timeout', what: `read as seconds: \`${timeout.value}s\``, ignored: false });
    timeout.value = `${timeout.value}s`;
  }
  const model = document.getIn(['ai', 'model'], true);
  if (isScalar(model) && typeof model.value === 'string') {
    const provider = legacyProvider(model.value);
    if (provider !== undefined) {
      notes.push({ path: 'ai.model', what: `read as \`${provider}/${model.value}\``, ignored: false });
      model.value = `${provider}/${model.value}`;
    }
  }
  const address = document.getIn(['ai', 'base_url'], true);
  if (
    isScalar(address) &&
    typeof address.value === 'string' &&
    /^https:\/\/api\.(anthropic|openai)\.com(\/v1)?\/?$/.test(address.value)
  ) {
    notes.push({ path: 'ai.base_url', what: "is the provider's own address, which is the default", ignored: false });
    document.deleteIn(['ai', 'base_url']);
  }
}

/** All that is different in a file of version 1.0, in one sentence; `orc config validate` tells it key by key. */
export function legacyWarning(file: string, notes: readonly LegacyNote[]): string {
  const names = (ignored: boolean): string =>
    notes
      .filter((note) => note.ignored === ignored)
      .map(({ path }) => path)
      .join(', ');
  const parts = [`${file} was written for version 1.0 and works as it is`];
  if (names(false) !== '') parts.push(`read as today's settings: ${names(false)}`);
  if (names(true) !== '') parts.push(`without effect: ${names(true)}`);
  return `${parts.join('; ')} (\`orc config validate\` tells more)`;
}

/** Version 1.0 read the key of Anthropic from OPENAI_API_KEY: that key, where the variable holds one. */
export function legacyKey(model: unknown, env: Readonly<Record<string, string | undefined>>): string | undefined {
  const key = env['OPENAI_API_KEY'];
  const asked = typeof model === 'string' && model.startsWith('anthropic/');
  if (!asked || key === undefined || (env['ANTHROPIC_API_KEY'] ?? '') !== '') return undefined;
  // A key of OpenAI is nothing that Anthropic should see.
  return key.startsWith('sk-ant-') ? key : undefined;
}

/** The provider of a bare model name of version 1.0. */
function legacyProvider(model: string): string | undefined {
  if (model.includes('/') || model === '') return undefined;
  if (model.startsWith('claude')) return 'anthropic';
  if (/^(gpt|o\d|chatgpt)/.test(model)) return 'openai';
  return undefined;
}

/** The node of a key in a map, for its position. */
export function keyNode(map: unknown, key: string): Node | undefined {
  if (!isMap(map)) return undefined;
  for (const pair of map.items)
    if (isPair(pair) && isScalar(pair.key) && String(pair.key.value) === key) return pair.key;
  return undefined;
}
