import { formatFigure, formatSummary, unbroken } from '../format.ts';
import type { Results, Row } from '../results.ts';

const begin = '<!-- benchmarks: this table is written by `pnpm bench report` -->';
const end = '<!-- /benchmarks -->';

function find(results: Results, scenario: string, row: string): Row | undefined {
  return results.scenarios.find((one) => one.id === scenario)?.rows.find((one) => one.id === row);
}

const figure = (row: Row): string => formatSummary(row.summary, row.unit);

/** A line of the table: what is documented, and whether a figure reaches it. */
interface Line {
  readonly what: string;
  readonly standard: Row;
  readonly optimized: Row;
  readonly documented: string;
  readonly reached: string;
  readonly limit: string;
}

const less = ({ standard, optimized }: Pick<Line, 'standard' | 'optimized'>): number =>
  (1 - optimized.summary.median / standard.summary.median) * 100;
const yes = (reached: boolean): string => (reached ? 'yes' : '**no**');

/** The four documented scenarios as a table; `undefined` where one of them was not run. */
export function renderSummary(results: Results): string | undefined {
  const at = (scenario: string, id: string): Row | undefined => find(results, scenario, id);
  const [executed, hit] = [at('cache-hit', 'executed'), at('cache-hit', 'hit')];
  const [bare, chain] = [at('sequential', 'bare'), at('sequential', 'standard')];
  const [first, again] = [at('sequential', 'optimized'), at('sequential', 'cached')];
  const [waits, atOnce] = [at('parallel', 'waits-standard'), at('parallel', 'waits-parallel')];
  const [burns, onThreads] = [at('parallel', 'burns-standard'), at('parallel', 'burns-parallel')];
  const [bytes, fewer] = [at('memory', 'standard-allocated'), at('memory', 'optimized-allocated')];
  if (!executed || !hit || !bare || !chain || !first || !again) return undefined;
  if (!waits || !atOnce || !burns || !onThreads || !bytes || !fewer) return undefined;
  const { cores } = results.environment;
  const lines: readonly Line[] = [
    {
      what: 'cache hit: a phase that writes 300 words',
      standard: executed,
      optimized: hit,
      documented: '192 → 5 µs, −97 %',
      reached: yes(less({ standard: executed, optimized: hit }) >= 97),
      limit: hit.limit ?? '',
    },
    {
      what: 'ten dependent phases of 10 ms',
      standard: chain,
      optimized: first,
      documented: '100 → 98 ms',
      reached: 'can’t be: ten timers take longer',
      limit: `${formatFigure(bare.summary.median, bare.unit)}, the bare timers`,
    },
    { what: 'the same request again', standard: chain, optimized: again, documented: '', reached: '', limit: '' },
    {
      what: 'four waits of 100 ms',
      standard: waits,
      optimized: atOnce,
      documented: '400 → 120 ms',
      reached: yes(atOnce.summary.median <= 120),
      limit: atOnce.limit ?? '',
    },
    {
      what: `four units of CPU work on ${cores} core${cores === 1 ? '' : 's'}`,
      standard: burns,
      optimized: onThreads,
      documented: '400 → 120 ms on 4 cores',
      reached: cores < 4 ? `can’t be: ${cores} core${cores === 1 ? '' : 's'}` : yes(onThreads.summary.median <= 120),
      limit: onThreads.limit ?? '',
    },
    {
      what: 'allocated per request, 10,000 requests',
      standard: bytes,
      optimized: fewer,
      documented: '−60 %',
      reached: yes(less({ standard: bytes, optimized: fewer }) >= 60),
      limit: fewer.limit ?? '',
    },
  ];
  const head = ['scenario', 'standard', 'optimized', 'less', 'documented', 'reached', 'limit'];
  return [
    `| ${head.join(' | ')} |`,
    `|${head.map(() => '---').join('|')}|`,
    ...lines.map((line) => {
      const part = less(line);
      const said = part >= 0 ? `${part.toFixed(part >= 90 ? 1 : 0)} %` : `${Math.abs(part).toFixed(0)} % more`;
      const { what, standard, optimized, documented, reached, limit } = line;
      const cells = [what, figure(standard), figure(optimized), said, documented, reached, limit];
      return `| ${cells.map(unbroken).join(' | ')} |`;
    }),
  ].join('\n');
}

/** A text with the table between its marks renewed; `undefined` where there are no marks, or the results are not to be quoted. */
export function replaceSummary(text: string, results: Results): string | undefined {
  const table = results.profile === 'full' ? renderSummary(results) : undefined;
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (table === undefined || from < 0 || to < from) return undefined;
  return `${text.slice(0, from + begin.length)}\n${table}\n${text.slice(to)}`;
}
