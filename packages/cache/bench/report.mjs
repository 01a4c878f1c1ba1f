/** A median with its spread. */
export const spread = ({ median, p10, p90 }) => `${round(median)} (${round(p10)}–${round(p90)})`;
const round = (number) => (number >= 100 ? number.toFixed(0) : number >= 10 ? number.toFixed(1) : number.toFixed(2));
const over = (one, other) => one.median / other.median;

/** The figures that this package promises, each with what was measured and whether that keeps the promise. */
export function judge({ hits, awaited, turns, bytes, sweeps, footprint, stampede, files, kills, installed }) {
  const ours = hits['@orc/cache'];
  const theirs = hits['lru-cache + ttl'];
  const mine = awaited['@orc/cache'];
  const figures = [];
  const add = (what, limit, value, kept, detail) => figures.push({ what, limit, value, kept, detail });
  const ratio = (what, limit, value, detail) =>
    add(what, `≤ ${limit} ×`, `${value.toFixed(2)} ×`, value <= limit, detail);

  ratio(
    'hit with TTL, against Map.get',
    3,
    over(ours.hit, hits.Map.hit),
    `${spread(ours.hit)} ns, Map ${spread(hits.Map.hit)}`,
  );
  ratio('hit with TTL, against lru-cache', 1.1, over(ours.hit, theirs.hit), `lru-cache ${spread(theirs.hit)} ns`);
  ratio(
    'first hit of a turn, against lru-cache',
    1,
    over(turns['@orc/cache'], turns['lru-cache + ttl']),
    `${spread(turns['@orc/cache'])} µs, lru-cache ${spread(turns['lru-cache + ttl'])}`,
  );
  add('allocated per hit', '0 B', `${bytes['@orc/cache']} B`, bytes['@orc/cache'] <= 0.1, '');
  ratio(
    'set with eviction, against lru-cache',
    1.15,
    over(ours.set, theirs.set),
    `${spread(ours.set)} ns, lru-cache ${spread(theirs.set)}`,
  );
  ratio(
    'awaited hit, against a plain value',
    1.3,
    over(mine, awaited['a plain value']),
    `${spread(mine)} ns, plain ${spread(awaited['a plain value'])}`,
  );
  for (const peer of ['bentocache', 'cacheable', 'cache-manager']) {
    const faster = over(awaited[peer], mine);
    add(
      `awaited hit, against ${peer}`,
      '≥ 20 × faster',
      `${faster.toFixed(0)} × faster`,
      faster >= 20,
      `${peer} ${spread(awaited[peer])} ns`,
    );
  }
  add(
    '1000 concurrent misses',
    '1 computation',
    `${stampede['@orc/cache'].computations}`,
    stampede['@orc/cache'].computations === 1,
    `${stampede['@orc/cache'].ms} ms for 20 ms of work`,
  );
  const { longest } = sweeps;
  add(
    'longest slice of a sweep of 100,000',
    '≤ 5 ms',
    `${round(longest.median)} ms`,
    longest.median <= 5,
    spread(longest),
  );
  add(
    'overhead per entry at 100,000',
    '≤ 115 B',
    `${footprint['@orc/cache']} B`,
    footprint['@orc/cache'] <= 115,
    `stale times ${footprint['@orc/cache, stale times']} B, one tag ${footprint['@orc/cache, one tag']} B`,
  );
  add('file tier get, 4 KB', '≤ 20 µs', `${round(files.get.median)} µs`, files.get.median <= 20, spread(files.get));
  add('file tier set, 4 KB', '≤ 60 µs', `${round(files.set.median)} µs`, files.set.median <= 60, spread(files.set));
  add(
    'file tier set, against bare system calls',
    '',
    `${over(files.set, files.bare).toFixed(2)} ×`,
    true,
    `bare ${spread(files.bare)} µs`,
  );
  add(
    'file tier set over an entry, against bare',
    '',
    `${over(files.overwrite, files.bareOverwrite).toFixed(2)} ×`,
    true,
    `${spread(files.overwrite)} µs, bare ${spread(files.bareOverwrite)}`,
  );
  add(
    'file tier open',
    '≤ 2 ms',
    `${round(files.open.median / 1000)} ms`,
    files.open.median <= 2000,
    `${spread(files.open)} µs`,
  );
  add(
    '4 × 1000 writes, 20 × kill -9',
    '0 lost, 0 corrupt',
    `${kills.lost} lost, ${kills.corrupt} corrupt`,
    kills.lost === 0 && kills.corrupt === 0,
    `${kills.acknowledged} acknowledged by the killed`,
  );
  add(
    'installed alone',
    '≤ 300 kB, 1 dependency',
    `${installed.kB} kB, ${installed.dependencies}`,
    installed.kB <= 300 && installed.dependencies === 1 && installed.maps === 0,
    `${installed.own} kB of it ours`,
  );
  return figures;
}

/** Writes tables for people to stderr. */
export function print({ node, platform, cpu, versions, results, figures }) {
  const write = (line = '') => process.stderr.write(`${line}\n`);
  write(`\n${node}, ${platform}, ${cpu}; median (10 %–90 %)`);
  write(
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
  );
  table('ns per operation', ['hit', 'miss', 'overwrite', 'set'], results.hits, write);
  table('ns per awaited hit', ['hit'], nested(results.awaited, 'hit'), write);
  table('µs, first hit of a turn', ['hit'], nested(results.turns, 'hit'), write);
  write('\nbytes per hit:   ' + list(results.bytes));
  write('bytes per entry: ' + list(results.footprint));
  write(
    'computations of 1000 misses: ' +
      list(
        Object.fromEntries(Object.entries(results.stampede).map(([peer, { computations }]) => [peer, computations])),
      ),
  );
  write();
  for (const { what, limit, value, kept, detail } of figures) {
    write(`${kept ? 'ok ' : 'NO '} ${what.padEnd(42)} ${limit.padEnd(24)} ${value.padEnd(22)} ${detail}`);
  }
}

const nested = (results, name) =>
  Object.fromEntries(Object.entries(results).map(([peer, value]) => [peer, { [name]: value }]));
const list = (results) =>
  Object.entries(results)
    .map(([peer, value]) => `${peer} ${value}`)
    .join(' · ');

function table(title, columns, results, write) {
  write(`\n${title.padEnd(26)}${columns.map((column) => column.padEnd(24)).join('')}`);
  for (const [peer, row] of Object.entries(results)) {
    write(
      peer.padEnd(26) +
        columns.map((column) => (row[column] === undefined ? '–' : spread(row[column])).padEnd(24)).join(''),
    );
  }
}
