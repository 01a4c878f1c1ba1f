/** Response headers, by lower-case name. */
export type ResponseHeaders = Readonly<Record<string, string | undefined>>;

/**
 * How long a provider asks to wait, in milliseconds: `retry-after-ms`, `retry-after` in seconds or as an HTTP date,
 * the body's own words (`"retryDelay": "34s"`, "try again in 20s"), or the reset of a limit that is used up
 * (`x-ratelimit-reset-requests: 6m0s`, Anthropic's dates).
 */
export function retryAfterMs(headers: ResponseHeaders | undefined, body: string, now: number): number | undefined {
  return inHeader(headers, now) ?? retryDelayInBody(body) ?? resetMs(headers, now);
}

function inHeader(headers: ResponseHeaders | undefined, now: number): number | undefined {
  const exact = decimal(headers?.['retry-after-ms'], 1);
  if (exact !== undefined) return exact;
  const value = headers?.['retry-after']?.trim();
  return decimal(value, 1000) ?? untilDate(value, now);
}

/** The wait that stands in the body of an error: Google's `"retryDelay": "34s"`, "try again in 1m20.5s". */
export function retryDelayInBody(body: string): number | undefined {
  const google = decimal(/"retryDelay"\s{0,5}:\s{0,5}"(\d{1,9}(?:\.\d{1,9})?)s"/.exec(body)?.[1], 1000);
  if (google !== undefined) return google;
  const said =
    /\b(?:try again|retry|wait) (?:in|after|for) (?:about )?([\d.]{1,12} ?[a-z]{1,12}(?:[\d.]{1,12}[a-z]{1,2}){0,3})/i.exec(
      body,
    )?.[1];
  return said === undefined ? undefined : duration(said);
}

// The longest of those that are used up: the call has to wait for all of them.
function resetMs(headers: ResponseHeaders | undefined, now: number): number | undefined {
  const waits = Object.entries(headers ?? {}).flatMap(([name, value]) => {
    const limit = /^(x-ratelimit|anthropic-ratelimit|ratelimit)-(?:reset-?(.*)|(.*)-reset)$/.exec(name);
    if (limit === null || value === undefined) return [];
    const kind = limit[2] ?? limit[3] ?? '';
    const left =
      headers?.[`${limit[1] as string}-remaining${kind === '' ? '' : `-${kind}`}`] ??
      headers?.[`${limit[1] as string}-${kind}-remaining`];
    if (left !== undefined && Number(left) > 0) return [];
    const ms = resetOf(value.trim(), now);
    return ms === undefined ? [] : [ms];
  });
  return waits.length === 0 ? undefined : Math.max(...waits);
}

// Seconds from now, a duration, a date, or a time since the epoch in seconds or milliseconds.
function resetOf(value: string, now: number): number | undefined {
  const seconds = decimal(value, 1000);
  if (seconds === undefined) return duration(value) ?? untilDate(value, now);
  if (seconds >= 1e15) return Math.max(0, seconds / 1000 - now);
  return seconds >= 1e12 ? Math.max(0, seconds - now) : seconds;
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `6m0s`, `1.5s`, `20 seconds`, `5 minutes` in milliseconds. */
function duration(text: string): number | undefined {
  let total: number | undefined;
  for (const [, amount, word] of text.matchAll(/(\d{1,9}(?:\.\d{1,9})?) ?(ms|milliseconds?|[smhd]|[a-z]{3,12})/gi)) {
    const unit = word?.toLowerCase() ?? '';
    const ms = units[unit] ?? (unit.startsWith('milli') ? 1 : units[unit.charAt(0)]);
    if (ms === undefined) break;
    total = (total ?? 0) + Number(amount) * ms;
  }
  return total;
}

// A date needs letters: `Date.parse('-1')` is a year.
function untilDate(value: string | undefined, now: number): number | undefined {
  const date = value !== undefined && /[a-z]/i.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function decimal(value: string | undefined, unit: number): number | undefined {
  if (value === undefined || !/^\s{0,10}\d{1,15}(\.\d{1,15})?\s{0,10}$/.test(value)) return undefined;
  return Number(value) * unit;
}
