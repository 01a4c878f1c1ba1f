const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * A new session id, `20261123-191500-k3f9`: UTC time to the second, so that names sort by age, and four random characters (without the
 * easily confused i, l, o, u).
 *
 * @param now - Milliseconds since the epoch.
 * @param random - A number from 0 up to 1.
 */
export function newSessionId(now: number, random: () => number): string {
  const time = new Date(now).toISOString();
  let suffix = '';
  for (let count = 0; count < 4; count += 1) suffix += alphabet[Math.floor(random() * alphabet.length)] ?? '0';
  return `${time.slice(0, 10).replaceAll('-', '')}-${time.slice(11, 19).replaceAll(':', '')}-${suffix}`;
}

/** Whether a text can be a session id, which is also the name of its folder: letters, digits, `.`, `_`, `-`, at most 80, none hidden. */
export function isSessionId(id: string): boolean {
  return typeof id === 'string' && /^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/.test(id) && !id.endsWith('.');
}

/** When an id was made by {@link newSessionId}, in milliseconds since the epoch; `undefined` for any other. */
export function idTime(id: string): number | undefined {
  const found = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)-[0-9a-z]{4}$/.exec(id);
  if (found === null) return undefined;
  const [, year, month, day, hour, minute, second] = found;
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time) ? undefined : time;
}
