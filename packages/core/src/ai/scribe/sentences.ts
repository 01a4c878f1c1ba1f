/** The words of a text, as people count them. */
export function countWords(text: string): number {
  return text.match(/[\p{L}\p{N}]+(?:[’'-][\p{L}\p{N}]+)*/gu)?.length ?? 0;
}

/** The words of a text, case-folded, without punctuation. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+(?:[’'-][\p{L}\p{N}]+)*/gu) ?? [];
}

/** The sentences of a text; every full stop, question or exclamation mark before a space ends one. */
export function splitSentences(text: string): string[] {
  return text
    .split(/(?<=[.!?…][”"’)]?)\s+|\n+/u)
    .map((sentence) => sentence.trim())
    .filter((sentence) => /\p{L}/u.test(sentence));
}

/** A sentence as it is compared: its words, case-folded. */
export function sentenceKey(sentence: string): string {
  return wordsOf(sentence).join(' ');
}

/** How a sentence opens: its first three words, case-folded. */
export function openingOf(sentence: string): string {
  return wordsOf(sentence).slice(0, 3).join(' ');
}

/** Whether a word comes twice in a row within a sentence, other than `that that` and `had had`. */
export function doublesWord(text: string): boolean {
  return /(?<![\p{L}’-])(?!(?:that that|had had)(?![\p{L}’-]))(\p{L}+) \1(?![\p{L}’-])/iu.test(text);
}
