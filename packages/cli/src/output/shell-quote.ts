/** A word for sh, bash or zsh that nothing in them takes for anything else. */
export function shellQuote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
