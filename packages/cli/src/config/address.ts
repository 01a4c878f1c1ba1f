/** Whether a text is an address with one of these schemes; an empty one stands for none. */
export function isAddress(text: string, schemes: readonly string[]): boolean {
  if (text === '') return true;
  try {
    return schemes.includes(new URL(text).protocol);
  } catch {
    return false;
  }
}

/** What may be shown of an address: what stands in its query, and the name and password in it, may be keys. */
export function shownAddress(text: string): string {
  const end = text.search(/[?#]/);
  const shown = end < 0 ? text : `${text.slice(0, end)}?(hidden)`;
  return shown.replace(/\/\/[^/]*@/, '//(hidden)@');
}

/** What an address has to look like, in words. */
export function addressExpectation(schemes: readonly string[]): string {
  return `an address that starts with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`;
}
