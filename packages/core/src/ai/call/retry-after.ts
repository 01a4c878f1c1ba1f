/** Response headers, by lower-case name. */
export type ResponseHeaders = Readonly<Record<string, string | undefined>>;

/** How long a provider asks to wait, in milliseconds: `retry-after-ms`, or `retry-after` in seconds or as an HTTP date. */
export function retryAfterMs(headers: ResponseHeaders | undefined, now: number): number | undefined {
  const exact = duration(headers?.['retry-after-ms'], 1);
  if (exact !== undefined) return exact;
  const value = headers?.['retry-after']?.trim();
  const seconds = duration(value, 1000);
  if (seconds !== undefined) return seconds;
  // A date needs letters: `Date.parse('-1')` is a year.
  const date = value !== undefined && /[a-z]/i.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** The wait that Google puts into the body of its error: `"retryDelay": "34s"`. */
export function retryDelayInBody(body: string): number | undefined {
  return duration(/"retryDelay"\s*:\s*"(\d+(?:\.\d+)?)s"/.exec(body)?.[1], 1000);
}

function duration(value: string | undefined, unit: number): number | undefined {
  if (value === undefined || !/^\s*\d+(\.\d+)?\s*$/.test(value)) return undefined;
  return Number(value) * unit;
}
