import type { Unit } from './results.ts';
import { isNoDifference, type Ratio, type Summary } from './statistics.ts';

const scales: Readonly<Record<'time' | 'bytes', readonly (readonly [number, string])[]>> = {
  time: [
    [1e9, 's'],
    [1e6, 'ms'],
    [1e3, 'µs'],
    [1, 'ns'],
  ],
  bytes: [
    [2 ** 30, 'GB'],
    [2 ** 20, 'MB'],
    [2 ** 10, 'kB'],
    [1, 'B'],
  ],
};

const base: Readonly<Record<Unit, readonly ['time' | 'bytes' | 'count', number]>> = {
  ns: ['time', 1],
  µs: ['time', 1e3],
  ms: ['time', 1e6],
  B: ['bytes', 1],
  MB: ['bytes', 2 ** 20],
  count: ['count', 1],
};

function digits(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size >= 100) return Math.round(value).toLocaleString('en-US');
  return size >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** A figure in the unit that reads best: `14.2 µs`, `1.61 MB`, `2,000`. */
export function formatFigure(value: number, unit: Unit): string {
  const [dimension, factor] = base[unit];
  if (dimension === 'count') return Number.isInteger(value) ? value.toLocaleString('en-US') : digits(value);
  const amount = value * factor;
  const [scale, name] = scales[dimension].find(([size]) => Math.abs(amount) >= size) ?? [
    1,
    dimension === 'time' ? 'ns' : 'B',
  ];
  return `${digits(amount / scale)} ${name}`;
}

/** The same text with figures that no line break parts from their units. */
export function unbroken(text: string): string {
  return text.replaceAll(/(\d) (?=(?:ns|µs|ms|s|B|kB|MB|GB|%|×)(?![\w-]))/g, '$1\u00a0');
}

/** Median with its spread: `14.2 µs (13.9 µs … 16.0 µs)`, from the smallest sample to p90. */
export function formatSummary(summary: Summary, unit: Unit): string {
  if (summary.n === 1 || summary.min === summary.max) return formatFigure(summary.median, unit);
  return `${formatFigure(summary.median, unit)} (${formatFigure(summary.min, unit)} … ${formatFigure(summary.p90, unit)})`;
}

/** A ratio with its interval: `0.42 × (0.40 … 0.45)`. */
export function formatRatio(ratio: Ratio): string {
  const text = (value: number): string => (value >= 100 ? Math.round(value).toLocaleString('en-US') : toThree(value));
  return `${text(ratio.value)} × (${text(ratio.low)} … ${text(ratio.high)})`;
}

/** The same, and in words where the interval holds 1: no difference. */
export function formatJudged(ratio: Ratio): string {
  return isNoDifference(ratio) ? `${formatRatio(ratio)}, no difference` : formatRatio(ratio);
}

/** A ratio to three digits, without an exponent. */
function toThree(value: number): string {
  return value === 0 ? '0' : String(Number(value.toPrecision(3)));
}
