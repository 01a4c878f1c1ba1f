/** The figures, each beside what it is to reach. */
export function judge({ hits, overhead, journal, waits, speculation, requests, resume }) {
  const rows = [
    ['phase served from memory, 2 KB request', hits.hitUs.median, 10, 'µs', hits.hitUs],
    ['… below executing it (300 words, optimizations off)', hits.below * 100, 97, '% (at least)'],
    ['engine overhead per phase, no journal, no cache', overhead.standardUs.median, 50, 'µs', overhead.standardUs],
    ['engine overhead per phase, no journal, miss and set', overhead.missUs.median, 50, 'µs', overhead.missUs],
    ['phase with journal, 1 KB, in fsyncs of 4 KB', journal.inFsyncs, 1.5, '×'],
    ['phase with journal, 256 KB, in fsyncs of 4 KB', journal.largeInSmallFsyncs, 4, '×'],
    ['hit with journal, in fsyncs of 4 KB', journal.hitInFsyncs, 0.5, '×'],
    ['4 × 100 ms, 4 workers', waits.fourAtOnceMs.median, 104, 'ms', waits.fourAtOnceMs],
    ['10 × 10 ms in a row, against a bare loop', waits.overBare, 1.01, '×'],
    ['bytes allocated per request, of standard', requests.allocatedShare * 100, 40, '%'],
    ['retained heap, growth over the last four fifths', requests.retainedGrowth * 100, 5, '%'],
    ['resume of 200 tasks, to the first new one', resume.firstNewTaskMs.median, 50, 'ms', resume.firstNewTaskMs],
    ['wall time saved by speculation, 50 ms after 50 ms', speculation.saved * 100, 0, '% (more than)'],
  ];
  return rows.map(([what, value, goal, unit, range]) => ({
    what,
    value,
    goal,
    unit,
    reached: unit.includes('least') || unit.includes('more') ? value >= goal : value <= goal,
    ...(range === undefined ? {} : { least: range.least, most: range.most }),
  }));
}

/** Prints the figures as a table. */
export function print({ node, cpu, quick, figures }) {
  process.stderr.write(`\nnode ${node}, ${cpu}${quick ? ', quick: to look at, not to quote' : ''}\n`);
  for (const { what, value, goal, unit, reached, least, most } of figures) {
    const range = least === undefined ? '' : `  (${round(least)} – ${round(most)})`;
    process.stderr.write(
      `${reached ? '✓' : '✗'} ${what.padEnd(54)} ${round(value).padStart(8)} of ${String(goal).padStart(4)} ${unit}${range}\n`,
    );
  }
}

function round(value) {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(3);
}
