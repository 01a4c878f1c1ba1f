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
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/.test(id) && !id.endsWith('.');
}
