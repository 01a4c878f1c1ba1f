import { formatFigure } from '../format.ts';
import type { Row } from '../results.ts';

const width = 720;
const labelWidth = 250;
const barHeight = 18;
const gap = 8;
const top = 52;

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** The bars of a chart, smaller is better; a whisker spans the 95 % interval of the median. The colours follow the reader's light or dark theme. */
export function barChart(title: string, rows: readonly Row[]): string {
  const unit = rows[0]?.unit ?? 'ms';
  const values = rows.map((row) => row.summary.median);
  const largest = Math.max(...rows.map((row) => row.summary.high));
  const smallest = Math.min(...values.filter((value) => value > 0));
  // Bars that differ by more than fifty times would leave the small ones invisible: then the length is the logarithm, and the chart says so.
  const logarithmic = largest / smallest > 50;
  const span = width - labelWidth - 120;
  const length = (value: number): number => {
    if (value <= 0) return 0;
    if (!logarithmic) return (value / largest) * span;
    const floor = Math.log10(smallest) - 0.5;
    return ((Math.log10(value) - floor) / (Math.log10(largest) - floor)) * span;
  };
  const height = top + rows.length * (barHeight + gap) + 12;
  const bars = rows.map((row, index) => {
    const y = top + index * (barHeight + gap);
    const middle = y + barHeight / 2;
    const end = labelWidth + length(row.summary.median);
    const low = labelWidth + length(row.summary.low);
    const high = labelWidth + length(row.summary.high);
    const ours = row.subject === 'orc';
    return [
      `<text class="label" x="${labelWidth - 8}" y="${middle + 4}" text-anchor="end">${escape(row.label)}</text>`,
      `<rect class="${ours ? 'ours' : 'peer'}" x="${labelWidth}" y="${y}" width="${Math.max(1, end - labelWidth).toFixed(1)}" height="${barHeight}" rx="2"/>`,
      `<path class="whisker" d="M${low.toFixed(1)} ${middle}H${high.toFixed(1)}M${low.toFixed(1)} ${middle - 3}v6M${high.toFixed(1)} ${middle - 3}v6"/>`,
      `<text class="value" x="${Math.max(end, high) + 6}" y="${middle + 4}">${escape(formatFigure(row.summary.median, unit))}</text>`,
    ].join('\n');
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(title)}">
<style>
svg{--ink:#1f2328;--muted:#59636e;--ours:#1a7f5a;--peer:#afb8c1;--ground:#ffffff;font:13px ui-sans-serif,system-ui,sans-serif}
@media (prefers-color-scheme:dark){svg{--ink:#e6edf3;--muted:#9198a1;--ours:#3fb98a;--peer:#484f58;--ground:#0d1117}}
.ground{fill:var(--ground)}.title{fill:var(--ink);font-weight:600;font-size:15px}.note{fill:var(--muted);font-size:11px}
.label,.value{fill:var(--ink)}.ours{fill:var(--ours)}.peer{fill:var(--peer)}.whisker{stroke:var(--ink);stroke-width:1;fill:none;opacity:.55}
</style>
<rect class="ground" width="${width}" height="${height}"/>
<text class="title" x="12" y="22">${escape(title)}</text>
<text class="note" x="12" y="40">median, shorter is better; the line spans its 95 % interval${logarithmic ? '; logarithmic scale' : ''}</text>
${bars.join('\n')}
</svg>
`;
}
