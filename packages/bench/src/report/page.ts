import type { Results } from '../results.ts';
import { whereAhead } from './beside.ts';
import { chartsOf, scenarioSection, type ReportFile } from './section.ts';
import { renderSummary } from './summary.ts';

const anchor = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} -]/gu, '')
    .replaceAll(' ', '-');

const method = `## How it is measured

- In-process figures by tinybench, whole runs by the clock; memory, first hits and other engines in fresh processes; the packages’ own benchmarks as child processes.
- Rounds are interleaved: each case once in a round, in an order that is shuffled anew; the first round warms up and is not counted. \`n\` is the number of samples.
- Medians with min, p90 and max. Intervals are of the median, 95 %, from order statistics without any assumption about the distribution; below six samples they are the whole range.
- Two figures differ where their intervals do not overlap and they are 2 % apart; else the page says “no difference”. Where both sides were measured in the same rounds a ratio is the median of the rounds’ own ratios; else it is one median over the other, with what their two intervals leave it.
- Inputs are seeded; CPU work is a number of steps, never a spin until a time is over; every result is read, so that nothing can be optimised away.
- A scenario checks that it did its work (phases ran, caches were warm where they should be and cold where not, texts are equal) and fails otherwise.
- What this can’t tell: other machines, real models, and a network. Everything ran on this one machine with the offline model.
`;

/** What a reader must know of a run that is not to be quoted. */
export function caveats({ profile, environment }: Results): string[] {
  return [
    ...(profile === 'full'
      ? []
      : [`Measured with \`--${profile}\`: fewer rounds and smaller sizes than the questions say. Not to be quoted.`]),
    ...((environment.load ?? 0) > environment.cores / 2
      ? [`The machine was not quiet: a load of ${environment.load} on ${environment.cores} cores when the run began.`]
      : []),
  ];
}

function head(results: Results): string[] {
  const { environment, scenarios } = results;
  const versions = Object.entries(environment.versions).map(([name, version]) => `${name} ${version}`);
  const took = scenarios.reduce((sum, { seconds = 0 }) => sum + seconds, 0);
  const load = environment.load === undefined ? '' : `, load ${environment.load} when it began`;
  return [
    '# Benchmarks',
    '',
    'This page and its charts are written by `orc-bench report` from one results file and from nothing else. Where a peer is ahead, it says so.',
    '',
    `- ${environment.cpu}, ${environment.cores} cores, ${environment.memoryGb} GB of memory, ${environment.platform}${load}`,
    `- Node ${environment.node} (V8 ${environment.v8}), ${environment.date.slice(0, 10)}, commit ${environment.commit}${environment.dirty ? ' with uncommitted changes' : ''}`,
    `- ${versions.join(' · ')}`,
    ...caveats(results).map((text) => `- **${text}**`),
    '',
    '```',
    `pnpm bench                         # all of it${took > 0 ? `: ${Math.ceil(took / 60)} minutes here` : ''}`,
    'pnpm bench cache-hit               # one scenario; `pnpm bench list` names them',
    'pnpm bench:peers                   # installs LangGraph.js, Mastra, p-graph and listr2 first',
    'pnpm --filter @orc/cache bench     # one package alone',
    '```',
    '',
  ];
}

/** The report of a results file and of nothing else: `benchmarks.md` and its charts. */
export function renderReport(results: Results): ReportFile[] {
  const files: ReportFile[] = [];
  const sections: string[] = [];
  for (const scenario of results.scenarios) {
    const charts = chartsOf(scenario);
    files.push(...charts.map(({ path, content }) => ({ path, content })));
    sections.push(scenarioSection(scenario, charts));
  }
  const lines = head(results);
  const summary = renderSummary(results);
  if (summary !== undefined)
    lines.push(
      '## The four documented scenarios',
      '',
      'Standard is the engine with its optimizations off. Medians (min … p90).',
      '',
      summary,
      '',
    );
  const ahead = whereAhead(results);
  if (results.scenarios.some(({ rows }) => rows.some((row) => row.beside !== undefined)))
    lines.push(
      '## Where a peer is ahead',
      '',
      ...(ahead.length > 0 ? ahead : ['Nowhere by more than the spread.']),
      '',
      'In everything else that stands beside a peer below, ours is ahead or there is no difference.',
      '',
    );
  lines.push(
    '## Contents',
    '',
    ...results.scenarios.map(({ title }) => `- [${title}](#${anchor(title)})`),
    '- [How it is measured](#how-it-is-measured)',
    '',
  );
  files.push({ path: 'benchmarks.md', content: `${lines.join('\n')}\n${sections.join('\n')}\n${method}` });
  return files;
}
