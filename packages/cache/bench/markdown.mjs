import { spread } from './report.mjs';

const peers = {
  '@orc/cache': '**@orc/cache**',
  'lru-cache + ttl': 'lru-cache + ttl',
  'tiny-lru + ttl': 'tiny-lru + ttl',
  'quick-lru + maxAge': 'quick-lru + maxAge',
  'quick-lru': 'quick-lru, no TTL',
  'lru-cache': 'lru-cache, no TTL',
  Map: 'Map',
};

const awaitedPeers = {
  'a plain value': 'awaiting the value of a Map',
  '@orc/cache': '**@orc/cache** `getOrCompute`',
  'lru-cache fetch': 'lru-cache `fetch`',
  'cache-manager, no bound': 'cache-manager `wrap`, without a bound',
  keyv: 'keyv `get`, without a bound',
  bentocache: 'bentocache `getOrSet`',
  'cache-manager': 'cache-manager `wrap`',
  cacheable: 'cacheable `getOrSet`',
};

/** The tables of the README. */
export function markdown({ versions, results, figures }) {
  const { hits, awaited, bytes, footprint } = results;
  const cell = (value) => (value === undefined ? '–' : typeof value === 'number' ? String(value) : spread(value));
  const row = (...cells) => `| ${cells.join(' | ')} |`;
  const operations = ['hit', 'miss', 'overwrite', 'set'];
  return [
    row('1000 of 1000 keys, ns', 'hit', 'miss', 'overwrite', 'set with eviction', 'B per hit', 'B per entry'),
    '|---|---|---|---|---|---|---|',
    ...Object.entries(peers).map(([peer, name]) =>
      row(
        name,
        ...operations.map((operation) => cell(hits[peer][operation])),
        cell(bytes[peer]),
        cell(footprint[peer]),
      ),
    ),
    '',
    row('awaited hit, ns', ''),
    '|---|---|',
    ...Object.entries(awaitedPeers).map(([peer, name]) => row(name, cell(awaited[peer]))),
    '',
    row('what', 'to reach', 'reached', ''),
    '|---|---|---|---|',
    ...figures.map(({ what, limit, value, kept, detail }) =>
      row(what, limit, kept ? value : `${value}, **missed**`, detail),
    ),
    '',
    `Peers: ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}.`,
  ].join('\n');
}
