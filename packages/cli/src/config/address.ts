/** Whether a text is an address with one of these schemes; an empty one stands for none. */
export function isAddress(text: string, schemes: readonly string[]): boolean {
  if (text === '') return true;
  try {
    return schemes.includes(new URL(text).protocol);
  } catch {
    return false;
  }
}

/** What an address has to look like, in words. */
export function addressExpectation(schemes: readonly string[]): string {
  return `an address that starts with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`;
}
