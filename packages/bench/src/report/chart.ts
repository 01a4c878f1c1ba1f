import { formatFigure } from '../format.ts';
import type { Row } from '../results.ts';

const width = 760;
const barHeight = 18;
const gap = 8;
const top = 54;
const valueWidth = 96;
const edge = 14;
/** About the width of a letter at 13 px; labels are measured with it, since there is no browser here. */
const letter = 7.6;
/** Bars that differ by more than so many times get a logarithmic scale: on a linear one the small ones could not be seen. */
const logarithmicFrom = 50;

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** How long the bar of a value is. */
interface Scale {
  readonly logarithmic: boolean;
  length(value: number): number;
  /** Values that get a line, from left to right. */
  readonly ticks: readonly number[];
}

function scaleOf(rows: readonly Row[], span: number): Scale {
  const largest = Math.max(...rows.map(({ summary }) => summary.high));
  const smallest = Math.min(...rows.map(({ summary }) => summary.median).filter((value) => value > 0));
  if (largest / smallest <= logarithmicFrom)
    return { logarithmic: false, ticks: [], length: (value) => (value / largest) * span };
  const floor = Math.floor(Math.log10(smallest));
  const whole = Math.log10(largest) - floor;
  const decades = Array.from({ length: Math.floor(whole) }, (_, index) => 10 ** (floor + 1 + index));
  return {
    logarithmic: true,
    ticks: decades,
    length: (value) => (value <= 0 ? 0 : Math.max(0, ((Math.log10(value) - floor) / whole) * span)),
  };
}

const style = `svg{--ink:#1f2328;--muted:#59636e;--ours:#1a7f5a;--peer:#9aa5b1;--grid:#d8dee4;--ground:#ffffff;font:13px ui-sans-serif,system-ui,-apple-system,"Segoe UI",sans-serif}
@media (prefers-color-scheme:dark){svg{--ink:#e6edf3;--muted:#9198a1;--ours:#3fb98a;--peer:#6e7681;--grid:#30363d;--ground:#0d1117}}
.ground{fill:var(--ground)}.title{fill:var(--ink);font-weight:600;font-size:15px}.note{fill:var(--muted);font-size:11px}
.label,.value{fill:var(--ink)}.ours{fill:var(--ours)}.peer{fill:var(--peer)}.grid{stroke:var(--grid);stroke-width:1;fill:none}
.whisker{stroke:var(--ink);stroke-width:1.2;fill:none;opacity:.7}.halo{stroke:var(--ground);stroke-width:3;fill:none;opacity:.55}`;

/** The bars of a chart, shorter is better; a whisker spans the 95 % interval of the median. The colours follow the reader's light or dark theme. */
export function barChart(title: string, rows: readonly Row[]): string {
  const unit = rows[0]?.unit ?? 'ms';
  const names = rows.map((row) => row.bar ?? row.label);
  const left = Math.ceil(Math.max(...names.map((name) => name.length)) * letter) + edge + 8;
  const scale = scaleOf(rows, width - left - valueWidth - edge);
  const bottom = top + rows.length * (barHeight + gap);
  const height = bottom + 8;
  const at = (value: number): number => Number((left + scale.length(value)).toFixed(1));
  const bars = rows.map((row, index) => {
    const y = top + index * (barHeight + gap);
    const middle = y + barHeight / 2;
    const { median, low, high } = row.summary;
    const whisker = `M${at(low)} ${middle}H${at(high)}M${at(low)} ${middle - 4}v8M${at(high)} ${middle - 4}v8`;
    return [
      `<text class="label" x="${left - 8}" y="${middle + 4.5}" text-anchor="end">${escape(names[index] as string)}</text>`,
      `<rect class="${row.subject === 'orc' ? 'ours' : 'peer'}" x="${left}" y="${y}" width="${Math.max(1, at(median) - left).toFixed(1)}" height="${barHeight}" rx="2"/>`,
      ...(high > low ? [`<path class="halo" d="${whisker}"/>`, `<path class="whisker" d="${whisker}"/>`] : []),
      `<text class="value" x="${Math.max(at(median), at(high)) + 7}" y="${middle + 4.5}">${escape(formatFigure(median, unit))}</text>`,
    ].join('\n');
  });
  const grid = scale.ticks.map((tick) => `M${at(tick)} ${top - 6}V${bottom - 2}`).join('');
  const subjects = new Set(rows.map((row) => row.subject === 'orc'));
  const key = subjects.size > 1 ? 'green is ours, grey stands beside it; ' : '';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(title)}">
<style>
${style}
</style>
<rect class="ground" width="${width}" height="${height}" rx="6"/>
<text class="title" x="${edge}" y="23">${escape(title)}</text>
<text class="note" x="${edge}" y="40">${key}median, shorter is better; the line spans its 95 % interval${scale.logarithmic ? '; logarithmic scale' : ''}</text>
${grid === '' ? '' : `<path class="grid" d="${grid}"/>\n`}${bars.join('\n')}
</svg>
`;
}
