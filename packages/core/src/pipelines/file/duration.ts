const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The milliseconds of a duration such as `90s`, whose form the schema has checked. */
export function milliseconds(text: string): number {
  const [, amount, unit] = /^([\d.]+)(ms|s|m|h|d)$/.exec(text) as unknown as [string, string, string];
  return Math.round(Number(amount) * (units[unit] as number));
}
